import { qualityChanged, watchStarted } from '../../domains/streaming/events.ts';
import { halfLifeMs } from '../../domains/streaming/preference-decay.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Tx } from '../../outbox/transaction.ts';
import { queueReaction } from '../reaction.ts';

/** Keeps what each user likes to watch, and in which quality. Events may come in any order: the scores come out the same. */
export const preferences = queueReaction({
  name: 'preferences',
  events: [watchStarted, qualityChanged],
  async handle(tx, event) {
    const at = new Date(event.occurredAt);
    switch (event.type) {
      case 'video.watch_started':
        await scoreGenres(tx, event.payload.userId, event.payload.genres, at);
        await scoreQuality(tx, event.payload.userId, event.payload.quality, at);
        return;
      case 'video.quality_changed':
        await scoreQuality(tx, event.payload.userId, event.payload.to, at);
        return;
      default:
        event satisfies never;
    }
  },
});

/** One statement, so that of two events at once neither is lost, and in key order, so that they cannot block each other. */
async function scoreGenres(tx: Tx, userId: string, genres: readonly string[], at: Date): Promise<void> {
  if (genres.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO preference_genre AS known (user_id, genre, score, scored_at)
    SELECT ${userId}, genre, 1, ${at}::timestamptz
      FROM unnest(${[...new Set(genres)].sort()}::text[]) AS genre
    ON CONFLICT (user_id, genre) DO UPDATE
       SET ${oneMore}`;
}

async function scoreQuality(tx: Tx, userId: string, quality: string, at: Date): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO preference_quality AS known (user_id, quality, score, scored_at)
    VALUES (${userId}, ${quality}::quality, 1, ${at}::timestamptz)
    ON CONFLICT (user_id, quality) DO UPDATE
       SET ${oneMore}`;
}

/** The share that is left of something after an interval; all of it when the interval is negative. */
const left = (interval: Prisma.Sql) =>
  Prisma.sql`power(0.5, greatest(extract(epoch FROM ${interval}), 0)::float8 / ${halfLifeMs / 1_000}::float8)`;

/** Whichever is older, the score so far or the event, fades to the time of the other. */
const oneMore = Prisma.sql`
  score = known.score * ${left(Prisma.sql`EXCLUDED.scored_at - known.scored_at`)}
        + EXCLUDED.score * ${left(Prisma.sql`known.scored_at - EXCLUDED.scored_at`)},
  scored_at = greatest(known.scored_at, EXCLUDED.scored_at)`;
