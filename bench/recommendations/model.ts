/** The model as it runs in production: the same functions, on the same tables. */
import type { Rating } from '../../demo/movielens.ts';
import { learn, recommendAll } from '../../src/domains/streaming/recommendation-model.ts';
import type { PrismaClient } from '../../src/platform/postgres.ts';

const learnedAtOnce = 1_000; // the model is the same for any number

/** Learns the viewings in their order, each at the position that it would have in the log. */
export async function replay(
  prisma: PrismaClient,
  training: readonly Rating[],
  progress: (learned: number) => void,
): Promise<void> {
  const watches = training.map(({ userId, videoId }, index) => ({ userId, videoId, position: index + 1 }));
  for (let from = 0; from < watches.length; from += learnedAtOnce) {
    await prisma.$transaction((tx) => learn(tx, watches.slice(from, from + learnedAtOnce)));
    progress(Math.min(from + learnedAtOnce, watches.length));
  }
  // the planner must not take the tables for empty; in production autovacuum sees to this
  await prisma.$executeRaw`ANALYZE recommendation_history, recommendation_video, recommendation_pair`;
}

/** The list of each user, best first. */
export async function recommendEach(
  prisma: PrismaClient,
  userIds: readonly string[],
  count: number,
): Promise<Map<string, string[]>> {
  const lists = new Map<string, string[]>();
  for (let from = 0; from < userIds.length; from += 50) {
    const some = await recommendAll(prisma, userIds.slice(from, from + 50), count);
    for (const [userId, list] of some) lists.set(userId, list);
  }
  return lists;
}
