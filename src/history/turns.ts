/** One after the other for each key, and what the last one left for the next. */

export interface Turn<Value> {
  /** What the last turn of the key left; undefined when it left nothing, or when that is forgotten */
  readonly remembered: Value | undefined;
  /** Leaves it to the next turn, and gives it back. */
  remember<Given extends Value | undefined>(value: Given): Given;
}

/** `size` is how many keys' values are remembered: those of the keys that had a turn last. */
export function createTurns<Value>(size: number) {
  const last = new Map<string, Promise<unknown>>();
  const remembered = new Map<string, Value>();

  const turnOf = (key: string): Turn<Value> => ({
    get remembered() {
      return remembered.get(key);
    },
    remember(value) {
      remembered.delete(key);
      if (value !== undefined) remembered.set(key, value);
      for (const oldest of remembered.keys()) {
        if (remembered.size <= size) break;
        remembered.delete(oldest);
      }
      return value;
    },
  });
  return {
    /** Runs the work when the turns of the key that were taken before are over. */
    take<Result>(key: string, work: (turn: Turn<Value>) => Promise<Result>): Promise<Result> {
      const before = last.get(key) ?? Promise.resolve();
      const result = before.then(() => work(turnOf(key)));
      const over = result.then(
        () => {},
        () => {},
      );
      last.set(key, over);
      void over.then(() => {
        if (last.get(key) === over) last.delete(key);
      });
      return result;
    },
  };
}
