import type { Rating } from '../../demo/movielens.ts';

/** The rival: gives any user the `count` most watched videos that the user has not seen, most watched first. */
export function createPopularity(training: readonly Rating[]): (userId: string, count: number) => string[] {
  const seen = new Map<string, Set<string>>();
  const viewers = new Map<string, number>();
  for (const { userId, videoId } of training) {
    const own = seen.get(userId) ?? new Set();
    seen.set(userId, own);
    if (own.has(videoId)) continue;
    own.add(videoId);
    viewers.set(videoId, (viewers.get(videoId) ?? 0) + 1);
  }
  const ranked = [...viewers]
    .sort(([oneId, one], [otherId, other]) => other - one || (oneId < otherId ? -1 : 1))
    .map(([videoId]) => videoId);
  return (userId, count) => {
    const own = seen.get(userId);
    const list: string[] = [];
    for (const videoId of ranked) {
      if (list.length === count) break;
      if (!own?.has(videoId)) list.push(videoId);
    }
    return list;
  };
}
