import { mean } from '../stats.ts';
import type { Split } from './split.ts';

/** How well lists foretell what was held out. A type, and not an interface, to serve as a case's figures. */
export type Accuracy = {
  /** The share of a user's held-out videos that is in the list, mean over the users */
  readonly recallAt10: number;
  /** The share of users with a held-out video in the list */
  readonly hitRateAt10: number;
  /** How many different videos are in the lists of all users */
  readonly distinctVideos: number;
};

/** Measures the first ten of each list; a user without one has an empty list. Throws when nothing was held out. */
export function measureAccuracy(
  heldOut: Split['heldOut'],
  lists: ReadonlyMap<string, readonly string[]>,
): Accuracy {
  const users = [...heldOut].map(([userId, videos]) => {
    const list = (lists.get(userId) ?? []).slice(0, 10);
    return { list, recall: list.filter((videoId) => videos.has(videoId)).length / videos.size };
  });
  return {
    recallAt10: mean(users.map(({ recall }) => recall)),
    hitRateAt10: mean(users.map(({ recall }) => (recall > 0 ? 1 : 0))),
    distinctVideos: new Set(users.flatMap(({ list }) => list)).size,
  };
}
