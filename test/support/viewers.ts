/** Viewers of videos: events in plenty, written by the commands of the domain in this process, each its own transaction. */
import { setTimeout as delay } from 'node:timers/promises';
import { upsertVideos } from '../../src/domains/streaming/catalogue.ts';
import * as streaming from '../../src/domains/streaming/commands.ts';
import { requestCause } from '../../src/events/envelope.ts';
import { createOutbox } from '../../src/outbox/transaction.ts';
import type { Database } from '../../src/platform/postgres.ts';

export interface Viewing {
  readonly userId: string;
  readonly videoId: string;
  readonly correlationId?: string;
}

const qualities = ['SD', 'HD', 'FULL_HD', 'UHD'] as const;

export function createViewers({ prisma, pool }: Database) {
  // without nudges the relay polls: nothing here depends on Redis
  const outbox = createOutbox({ prisma, pool, nudge: () => {} });
  const cause = (correlationId = 'viewers') => requestCause(correlationId);
  return {
    /** Gives the session's id. */
    async start({ userId, videoId, correlationId }: Viewing): Promise<string> {
      const args = { userId, videoId, quality: 'HD' } as const;
      return (await streaming.startWatching(outbox, cause(correlationId), args, new Date())).id;
    },
    async changeQuality(sessionId: string, step: number, correlationId?: string): Promise<void> {
      const quality = qualities[step % qualities.length]!;
      await streaming.changeQuality(outbox, cause(correlationId), { sessionId, quality }, new Date());
    },
    async heartbeat(sessionId: string, correlationId?: string): Promise<void> {
      await streaming.heartbeat(outbox, cause(correlationId), { sessionId }, new Date());
    },
    async stop(sessionId: string, correlationId?: string): Promise<void> {
      await streaming.stopWatching(outbox, cause(correlationId), { sessionId }, new Date());
    },
  };
}

/** The videos `v0` to `v<count-1>`, each in one genre of its own and one that all share. */
export async function addVideos({ prisma }: Database, count: number): Promise<void> {
  const ids = Array.from({ length: count }, (_, index) => `v${index}`);
  await upsertVideos(
    prisma,
    ids.map((id) => ({ id, title: `Film ${id}`, year: 1927, genres: ['Drama', `Genre of ${id}`] })),
  );
}

export interface Audience extends AsyncDisposable {
  /** How many sessions were started so far */
  readonly started: number;
  /** Ends the sessions in hand. Throws when a write failed. */
  stop(): Promise<void>;
}

export interface AudienceOptions {
  /** The users `u0` to `u<users-1>`, each with one session at a time; default 4 */
  readonly users?: number;
  /** How many videos there are, see `addVideos`; default 4 */
  readonly videos?: number;
  /** How long each user rests between two writes, ms; default 20 */
  readonly paceMs?: number;
}

/** Users that watch one video after the other until stopped: start, heartbeat, other quality, stop. */
export function gatherAudience(database: Database, options: AudienceOptions = {}): Audience {
  const { users = 4, videos = 4, paceMs = 20 } = options;
  const viewers = createViewers(database);
  let started = 0;
  let stopped = false;
  const watch = async (user: number) => {
    for (let round = 0; !stopped; round += 1) {
      const sessionId = await viewers.start({ userId: `u${user}`, videoId: `v${(user + round) % videos}` });
      started += 1;
      await delay(paceMs);
      await viewers.heartbeat(sessionId);
      await delay(paceMs);
      await viewers.changeQuality(sessionId, 2);
      await delay(paceMs);
      await viewers.stop(sessionId);
    }
  };
  const finished = Promise.all(Array.from({ length: users }, (_, user) => watch(user)));
  const stop = async () => {
    stopped = true;
    await finished;
  };
  // a failed write is told by `stop`, not as an unhandled rejection
  finished.catch(() => {});
  return {
    get started() {
      return started;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
