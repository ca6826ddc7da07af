/** What a handler is given to do, and how its events come to it. */

export const works = ['no-op', 'one-row', 'no-op-batches', 'one-row-batches', 'by-key', 'serial'] as const;

export type Work = (typeof works)[number];

/** How many events a batch takes at most, with everybody who has batches. */
export const batchSize = 100;

/** How long the handlers of `by-key` and `serial` wait for something outside, ms. */
export const outsideMs = 5;

/** Throws for a text that is none. */
export function toWork(text: string | undefined): Work {
  const found = works.find((work) => work === text);
  if (!found) throw new Error(`there is no work "${text}"`);
  return found;
}
