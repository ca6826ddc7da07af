/** Commits at a steady rate, each timed until the client has its event. */
import { setTimeout as delay } from 'node:timers/promises';
import { watchStarted } from '../../src/domains/streaming/events.ts';
import { requestCause } from '../../src/events/envelope.ts';
import { Prisma } from '../../src/generated/prisma/client.ts';
import { nowMs } from '../live/clock.ts';
import { sessionIdOf } from '../live/sequence.ts';
import { type LatencyWorld, viewer } from './world.ts';

export interface Measured {
  /** From when its writer knew of the commit until the client had the event, of each one, ms */
  readonly latencyMs: readonly number[];
  /** Of each writing statement with its commit, ms */
  readonly commitMs: readonly number[];
  /** Of a PING now and then in between, ms */
  readonly roundTripMs: readonly number[];
}

export interface Commits {
  /** Throws when an event does not arrive. */
  run(perSecond: number, seconds: number): Promise<Measured>;
  /** Settles when a first event has arrived: nothing before says that the client is subscribed. */
  untilFirst(): Promise<void>;
}

const pingEvery = 5; // commits
const patienceMs = 30_000;

export function createCommits(world: LatencyWorld): Commits {
  const { redis } = world;
  let sequence = 0;
  return {
    async untilFirst() {
      const deadline = nowMs() + patienceMs;
      while (world.arrivedAtMs.size === 0) {
        if (nowMs() > deadline) throw new Error('no event has reached the client');
        await commit(world, ++sequence);
        await delay(50);
      }
      // those behind it may be on their way
      await until(world, sequence);
    },
    async run(perSecond, seconds) {
      const first = sequence + 1;
      const last = sequence + perSecond * seconds;
      const committedAtMs = new Map<number, number>();
      const commitMs: number[] = [];
      const roundTripMs: number[] = [];
      const commits: Promise<void>[] = [];
      const start = nowMs();
      for (; sequence < last; ) {
        sequence += 1;
        // at its time, also when the ones before are late: a queue that builds up has to be seen
        const waitMs = start + ((sequence - first) * 1_000) / perSecond - nowMs();
        if (waitMs > 0) await delay(waitMs);
        const [current, before] = [sequence, nowMs()];
        commits.push(
          commit(world, current).then(() => {
            committedAtMs.set(current, nowMs());
            commitMs.push(nowMs() - before);
          }),
        );
        if (current % pingEvery === 0) {
          commits.push(timePing(redis).then((ms) => void roundTripMs.push(ms)));
        }
      }
      await Promise.all(commits);
      await until(world, last);
      const latencyMs = [...committedAtMs].map(
        // the client can be told before the writer
        ([number, committed]) => Math.max(0, world.arrivedAtMs.get(number)! - committed),
      );
      return { latencyMs, commitMs, roundTripMs };
    },
  };
}

/** A viewer starts to watch: a session and its event in one statement. */
async function commit({ outbox }: LatencyWorld, sequence: number): Promise<void> {
  const [sessionId, now] = [sessionIdOf(sequence), new Date()];
  await outbox.statement(requestCause(`request-${sequence}`), {
    name: 'start',
    change: Prisma.sql`
      INSERT INTO watch_session (id, user_id, video_id, quality, started_at, last_seen_at, version)
      VALUES (${sessionId}::uuid, ${viewer}, 'film', 'HD', ${now}::timestamptz, ${now}::timestamptz, 1)`,
    events: [
      watchStarted.of({
        aggregateId: sessionId,
        aggregateVersion: 1,
        occurredAt: now,
        payload: { sessionId, userId: viewer, videoId: 'film', quality: 'HD', title: 'Film', genres: [] },
      }),
    ],
  });
}

async function timePing(redis: LatencyWorld['redis']): Promise<number> {
  const before = nowMs();
  await redis.ping();
  return nowMs() - before;
}

async function until(world: LatencyWorld, sequence: number): Promise<void> {
  const deadline = nowMs() + patienceMs;
  while (!world.arrivedAtMs.has(sequence)) {
    if (nowMs() > deadline) throw new Error(`event ${sequence} has not reached the client`);
    await delay(10);
  }
}
