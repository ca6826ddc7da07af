import { qualityChanged, watchStarted } from '../../domains/streaming/events.ts';
import { decay, halfLifeMs } from '../../domains/streaming/preference-decay.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Tx } from '../../outbox/transaction.ts';
import { processor } from '../reaction.ts';

/**
 * Keeps what each user likes to watch, and in which quality. A processor, because many small scores make one cheap
 * statement; the scores come out the same however the events are cut into batches.
 */
export const preferences = processor({
  name: 'preferences',
  events: [watchStarted, qualityChanged],
  tables: ['preference_genre', 'preference_quality'],
  async handle(tx, events) {
    const genres = new Scores();
    const qualities = new Scores();
    for (const event of events) {
      const at = new Date(event.occurredAt);
      const { userId } = event.payload;
      switch (event.type) {
        case 'video.watch_started':
          for (const genre of new Set(event.payload.genres)) genres.add(userId, genre, at);
          qualities.add(userId, event.payload.quality, at);
          break;
        case 'video.quality_changed':
          qualities.add(userId, event.payload.to, at);
          break;
        default:
          event satisfies never;
      }
    }
    await addGenres(tx, genres);
    await addQualities(tx, qualities);
  },
});

interface Score {
  readonly userId: string;
  readonly what: string;
  readonly score: number;
  readonly at: Date;
}

/** One point per event, summed for each user and thing, as of the newest of its events. */
class Scores {
  readonly #scores = new Map<string, Score>();

  add(userId: string, what: string, at: Date): void {
    const key = JSON.stringify([userId, what]);
    const known = this.#scores.get(key) ?? { score: 0, at };
    const newest = known.at > at ? known.at : at;
    const score = decay(known.score, known.at, newest) + decay(1, at, newest);
    this.#scores.set(key, { userId, what, score, at: newest });
  }

  /** The columns of all scores. */
  columns() {
    const scores = [...this.#scores.values()];
    return {
      userIds: scores.map(({ userId }) => userId),
      whats: scores.map(({ what }) => what),
      scores: scores.map(({ score }) => score),
      times: scores.map(({ at }) => at.toISOString()),
    };
  }
}

async function addGenres(tx: Tx, added: Scores): Promise<void> {
  const { userIds, whats, scores, times } = added.columns();
  if (userIds.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO preference_genre AS known (user_id, genre, score, scored_at)
    SELECT * FROM unnest(${userIds}::text[], ${whats}::text[], ${scores}::float8[], ${times}::timestamptz[])
    ON CONFLICT (user_id, genre) DO UPDATE SET ${sumOfBoth}`;
}

async function addQualities(tx: Tx, added: Scores): Promise<void> {
  const { userIds, whats, scores, times } = added.columns();
  if (userIds.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO preference_quality AS known (user_id, quality, score, scored_at)
    SELECT * FROM unnest(${userIds}::text[], ${whats}::quality[], ${scores}::float8[], ${times}::timestamptz[])
    ON CONFLICT (user_id, quality) DO UPDATE SET ${sumOfBoth}`;
}

/** The share that is left of something after an interval; all of it when the interval is negative. */
const left = (interval: Prisma.Sql) =>
  Prisma.sql`power(0.5, greatest(extract(epoch FROM ${interval}), 0)::float8 / ${halfLifeMs / 1_000}::float8)`;

/** Whichever is older, the score so far or what is added, fades to the time of the other. */
const sumOfBoth = Prisma.sql`
  score = known.score * ${left(Prisma.sql`EXCLUDED.scored_at - known.scored_at`)}
        + EXCLUDED.score * ${left(Prisma.sql`known.scored_at - EXCLUDED.scored_at`)},
  scored_at = greatest(known.scored_at, EXCLUDED.scored_at)`;
