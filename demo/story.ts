/** Who watches what in this run. */
import { existsSync } from 'node:fs';
import { UsageError } from '../dev/command-line.ts';
import { builtInCatalogue } from '../src/domains/streaming/catalogue.ts';
import type { Video } from '../src/generated/prisma/client.ts';
import { readMovieLens } from './movielens.ts';
import type { Options } from './options.ts';
import type { Viewing } from './replay.ts';
import { simulate } from './simulate.ts';

export interface Story {
  readonly videos: readonly Video[];
  /** In the order in which they begin */
  readonly viewings: readonly Viewing[];
  /** Friends are told what the user watches */
  readonly friendships: readonly Friendship[];
  /** Users whose own subscriptions are opened */
  readonly followed: readonly string[];
}

export interface Friendship {
  readonly userId: string;
  readonly friendId: string;
}

/** Reads the history or makes viewers up. Throws when the history has a mistake, with its file and line. */
export async function tellStory({ data, limit, seed }: Options): Promise<Story> {
  const told =
    data === undefined
      ? {
          videos: builtInCatalogue,
          viewings: simulate({ videos: builtInCatalogue, seed, count: limit ?? 0 }),
        }
      : await replayHistory(data, limit);
  const counts = Map.groupBy(told.viewings, ({ userId }) => userId);
  const users = [...counts.keys()];
  const busiest = [...counts].sort(([, one], [, other]) => other.length - one.length);
  return { ...told, friendships: befriend(users), followed: busiest.slice(0, 3).map(([userId]) => userId) };
}

async function replayHistory(data: string, limit: number | undefined) {
  if (!existsSync(data)) throw new UsageError(`--data: there is no folder "${data}"`);
  const { videos, ratings } = await readMovieLens(data, limit === undefined ? {} : { limit });
  const viewings = ratings.map(
    ({ userId, videoId }): Viewing => ({
      userId,
      videoId,
      quality: 'FULL_HD',
      steps: [{ afterMs: 0, action: 'stop' }],
    }),
  );
  return { videos, viewings };
}

/** Everybody has two friends, where there are that many, and is a friend of two. */
export function befriend(users: readonly string[]): readonly Friendship[] {
  return users.flatMap((userId, index) => {
    const friends = [1, 7].map((distance) => users[(index + distance) % users.length]!);
    return [...new Set(friends)]
      .filter((friendId) => friendId !== userId)
      .map((friendId) => ({ userId, friendId }));
  });
}
