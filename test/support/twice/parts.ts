/** What is done twice, named in AORTA_TWICE: `all`, or some of these with commas between. */
export const parts = ['publish', 'enqueue', 'run again', 'run at once'] as const;
export type Part = (typeof parts)[number];

/** Asked anew each time: a test that is exempt from a part runs in the same process as the others. */
export function isDone(part: Part): boolean {
  const wanted = process.env.AORTA_TWICE ?? '';
  return wanted === 'all' || wanted.split(',').includes(part);
}
