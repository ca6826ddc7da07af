export interface BackoffBounds {
  /** After the first failure, ms */
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * The pause after so many failures in a row, ms: it doubles from `firstMs` up to `maxMs`, and is drawn from its upper
 * half, so that those who failed together do not come back together. `random` is at least 0 and below 1.
 */
export function backoffMs(
  failures: number,
  { firstMs, maxMs }: BackoffBounds,
  random = Math.random(),
): number {
  return Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 20)) * (0.5 + random / 2);
}
