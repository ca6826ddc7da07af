/** How long to wait before the next attempt, in ms: doubles from 200 ms up to 30 s, with half of it jitter. */
export function backoffMs(attempt: number): number {
  const full = Math.min(30_000, 200 * 2 ** Math.min(attempt - 1, 20));
  return full / 2 + Math.random() * (full / 2);
}
