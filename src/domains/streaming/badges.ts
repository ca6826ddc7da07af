/** What a user has started to watch so far. */
export interface Progress {
  readonly watches: number;
  /** Distinct */
  readonly genres: readonly string[];
}

/** The badges that this much earns, in the order in which they are earned. */
export function earnedBadges({ watches, genres }: Progress): string[] {
  const earned = watchBadges.filter(([needed]) => watches >= needed).map(([, name]) => name);
  return genres.length >= 5 ? [...earned, 'five-genres'] : earned;
}

const watchBadges = [
  [1, 'first-watch'],
  [10, '10-watches'],
  [50, '50-watches'],
  [100, '100-watches'],
] as const;
