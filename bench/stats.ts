/** The middle value, or the mean of the two in the middle. Throws when there is none. */
export function median(values: readonly number[]): number {
  const sorted = inOrder(values);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

/**
 * The smallest value that at least this percentage of the values is not above (nearest rank): always one that was
 * measured. Throws when there is none.
 */
export function percentile(values: readonly number[], percentage: number): number {
  const sorted = inOrder(values);
  return sorted[Math.max(1, Math.ceil((percentage / 100) * sorted.length)) - 1]!;
}

/** Throws when there is none. */
export function mean(values: readonly number[]): number {
  return inOrder(values).reduce((sum, value) => sum + value, 0) / values.length;
}

/** How many times the other one is. Always finite, because JSON knows nothing else: 1 when both are 0. */
export function ratio(one: number, other: number): number {
  if (other !== 0) return one / other;
  return one === 0 ? 1 : Number.MAX_VALUE;
}

function inOrder(values: readonly number[]): readonly number[] {
  if (values.length === 0) throw new Error('there are no values');
  return [...values].sort((one, other) => one - other);
}
