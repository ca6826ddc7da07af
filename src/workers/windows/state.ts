import type { ZodType } from 'zod';

/** How the state of windows is kept as JSON, and where that would change it: there it throws. */
export interface StateFormat<State> {
  /** Of a window before its first event, another value each time */
  initial(): State;
  read(stored: unknown): State;
  /** Throws when JSON does not keep it, such as a Map or NaN. */
  write(state: State): string;
  copy(state: State): State;
}

/** Throws when the initial state does not fit the schema. */
export function stateFormat<State>(schema: ZodType<State>, initial: State): StateFormat<State> {
  const write = (state: State): string => {
    const text = JSON.stringify(state);
    if (text === undefined) throw new TypeError('a fold must give the state of the window');
    schema.parse(JSON.parse(text));
    return text;
  };
  const read = (stored: unknown) => schema.parse(stored);
  const initialText = write(initial);
  return {
    initial: () => read(JSON.parse(initialText)),
    read,
    write,
    copy: (state) => read(JSON.parse(write(state))),
  };
}
