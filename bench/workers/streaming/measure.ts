/** All seven services under the replay of a viewing history: how many watch events a second they keep up with. */
import { createApiClient } from '../../../demo/api-client.ts';
import { drain } from '../../../demo/drain.ts';
import { replay, type Viewing } from '../../../demo/replay.ts';
import { seed } from '../../../demo/seed.ts';
import type { BenchContext, BenchResult, Case } from '../../harness.ts';
import { ratio } from '../../stats.ts';
import { handledOverRecorded } from '../../sync-vs-events/drain.ts';
import { watchPostgresCpu } from '../postgres-cpu.ts';
import { tellHistory } from './history.ts';
import { readUsage, type Usage } from './usage.ts';
import { type Services, type StreamingWorld, startStreamingWorld } from './world.ts';

/** Watch events a second that the services have to keep up with, on two cores with everything else. */
export const leastPerSecond = 300;

export interface StreamingSize {
  readonly data: string | undefined;
  readonly viewings: number;
  readonly services: Services;
}

/**
 * Viewers watch as fast as they are answered, up to 48 at once; the clock runs from the first of their mutations until
 * every service has handled every event. A tenth of the viewings come before, to warm up.
 */
export async function measureStreaming(
  { data, viewings, services }: StreamingSize,
  progress: BenchContext['progress'],
): Promise<BenchResult> {
  const story = await tellHistory(data, viewings);
  progress('streaming: starting PostgreSQL, Redis, api, relay and workers');
  await using world = await startStreamingWorld(services);
  const { database } = world;
  await seed(database.prisma, story);
  using postgres = watchPostgresCpu(database.pool);
  const warmUp = Math.ceil(story.viewings.length / 10);
  await watchAndDrain(world, story.viewings.slice(0, warmUp));

  const before = { ...(await countEvents(world)), usage: await readUsage(world, postgres) };
  progress(`streaming: ${story.viewings.length - warmUp} viewings`);
  const { replaySeconds, seconds } = await watchAndDrain(world, story.viewings.slice(warmUp));
  const after = { ...(await countEvents(world)), usage: await readUsage(world, postgres) };

  const watchEvents = after.watch - before.watch;
  const perSecond = watchEvents / seconds;
  progress(`streaming: ${perSecond.toFixed(0)} watch events/s`);
  const used = (name: string, kind: keyof Usage) =>
    after.usage.get(name)![kind] - before.usage.get(name)![kind];
  const names = [...after.usage.keys()];
  const perEvent = (cpuSeconds: number) => (cpuSeconds * 1e6) / watchEvents;
  const whole: Case = {
    name: 'streaming, everything',
    figures: {
      events: watchEvents,
      perSecond,
      cpuMicroseconds: perEvent(names.reduce((total, name) => total + used(name, 'own'), 0)),
      startsPerSecond: (after.starts - before.starts) / seconds,
      allEvents: after.all - before.all,
      replaySeconds,
      drainSeconds: seconds - replaySeconds,
    },
  };
  const parts = names.map((name): Case => {
    const postgresCpuMicroseconds = perEvent(used(name, 'inPostgres'));
    return {
      name: `streaming, ${name}`,
      figures: { cpuMicroseconds: perEvent(used(name, 'own')), postgresCpuMicroseconds },
    };
  });
  return {
    cases: [whole, ...parts],
    ratios: {
      watchEventsOverLeast: ratio(perSecond, leastPerSecond),
      handledOverRecorded: await handledOverRecorded(database.pool),
    },
  };
}

async function watchAndDrain(
  { url, database: { pool } }: StreamingWorld,
  viewings: readonly Viewing[],
): Promise<{ readonly replaySeconds: number; readonly seconds: number }> {
  const api = createApiClient(url);
  const { signal } = new AbortController();
  const start = performance.now();
  const passed = () => (performance.now() - start) / 1_000;
  try {
    await replay(viewings, { api, rate: 'max', signal, onFinished: () => {} });
    const replaySeconds = passed();
    await drain({ pool, signal });
    return { replaySeconds, seconds: passed() };
  } finally {
    api.close();
  }
}

/** Watch events are those that viewers cause, signs of life not counted: most services do not hear of those. */
async function countEvents({
  database: { pool },
}: StreamingWorld): Promise<{ readonly all: number; readonly watch: number; readonly starts: number }> {
  const { rows } = await pool.query<{ all: number; watch: number; starts: number }>(
    `SELECT count(*) AS "all", count(*) FILTER (WHERE topic = 'video') AS watch,
            count(*) FILTER (WHERE type = 'video.watch_started') AS starts
       FROM outbox`,
  );
  return rows[0]!;
}
