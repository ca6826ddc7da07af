/** What a viewer liked fades: a score counts half after this many milliseconds. */
export const halfLifeMs = 30 * 24 * 60 * 60 * 1_000;

/** A score as it stands at `now`, when it stood at `score` at `scoredAt`. */
export function decay(score: number, scoredAt: Date, now: Date): number {
  return score * 0.5 ** ((now.getTime() - scoredAt.getTime()) / halfLifeMs);
}
