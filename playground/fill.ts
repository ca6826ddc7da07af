import { type Blank, blank } from './examples.ts';

export interface Filled {
  readonly text: string;
  /** What was put in place of each blank; undefined where there is nothing yet */
  readonly values: readonly (string | undefined)[];
}

/** Puts what the example `from` answered where its blanks are, or where its last answer stands. */
export function fill(
  { text, values }: Filled,
  blanks: readonly Blank[],
  { from, answer }: { readonly from: string; readonly answer: unknown },
): Filled {
  const filled = [...values];
  let written = text;
  for (const [index, { path }] of blanks.entries()) {
    if (blanks[index]!.from !== from) continue;
    const value = path.reduce<unknown>((at, name) => (at as Record<string, unknown> | null)?.[name], answer);
    if (typeof value !== 'string') continue;
    const before = filled[index];
    if (before !== undefined)
      written = written.replaceAll(JSON.stringify(before), () => JSON.stringify(value));
    else if (blanks.length === 1) written = written.replaceAll(blank, () => JSON.stringify(value));
    else {
      let toPass = blanks.filter((_, other) => other < index && filled[other] === undefined).length;
      written = written.replaceAll(blank, (found) => (toPass-- === 0 ? JSON.stringify(value) : found));
    }
    filled[index] = value;
  }
  return { text: written, values: filled };
}
