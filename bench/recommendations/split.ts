import type { Rating } from '../../demo/movielens.ts';

export interface Split {
  /** What the models learn from, oldest first */
  readonly training: readonly Rating[];
  /** The videos held out of each user's history */
  readonly heldOut: ReadonlyMap<string, ReadonlySet<string>>;
}

const heldOutShare = 0.2;
const fewestViewings = 5; // of which the last one is held out

/**
 * Holds out the last 20 % by time of each user's history, rounded down but at least one viewing. Users with fewer than
 * five viewings are learned from only. `ratings` come oldest first, and those of one second in the order of the file.
 */
export function splitByTime(ratings: readonly Rating[]): Split {
  const total = new Map<string, number>();
  for (const { userId } of ratings) total.set(userId, (total.get(userId) ?? 0) + 1);

  const training: Rating[] = [];
  const heldOut = new Map<string, Set<string>>();
  const taken = new Map<string, number>();
  for (const rating of ratings) {
    const { userId, videoId } = rating;
    const place = taken.get(userId) ?? 0;
    taken.set(userId, place + 1);
    if (place < trainingSize(total.get(userId)!)) training.push(rating);
    else heldOut.set(userId, (heldOut.get(userId) ?? new Set()).add(videoId));
  }
  return { training, heldOut };
}

function trainingSize(viewings: number): number {
  if (viewings < fewestViewings) return viewings;
  return viewings - Math.max(1, Math.floor(viewings * heldOutShare));
}
