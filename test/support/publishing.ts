/** An api that records events and a relay that publishes them, and what must hold once everything is published. */
import type { Redis } from 'ioredis';
import { expect } from 'vitest';
import { newestPosition } from '../../src/outbox/head.ts';
import { request } from './graphql-client.ts';
import { idsOf, readLog } from './log.ts';
import { readJobs, readStream, registerConsumer } from './published.ts';
import { healthUrl, series } from './role-health.ts';
import { until } from './until.ts';
import { addVideos } from './viewers.ts';
import type { World } from './world.ts';

export const patient = 60_000; // ms; an outage is noticed, told and left behind on a busy machine
export const start = 'mutation { startWatching(userId: "u0", videoId: "v0") { id } }';

/** An api and a leading relay over this Redis, and a queue consumer whose jobs stay. */
export async function openPublishing(world: World, redisUrl: string) {
  await addVideos(world.database, 1);
  await registerConsumer(world, 'all');
  const env = { REDIS_URL: redisUrl };
  const api = world.spawn('api', { env });
  const relay = world.spawn('relay', { env });
  await Promise.all([api.waitForLog('api.started'), relay.waitForLog('lease.taken')]);
  /** That many mutations, each of which commits. */
  const watch = async (times: number) => {
    for (let n = 0; n < times; n += 1) {
      const { data, errors } = await request(world.apiUrl, start);
      expect({ errors, id: data.startWatching.id }).toEqual({ errors: undefined, id: expect.any(String) });
    }
  };
  return { watch, relay, health: await healthUrl(relay) };
}

/** Waits until the metrics count failures of the sink: with their reason, or those of a queue that is refused. */
export async function untilFailing(
  health: string,
  sink: 'streams' | 'queues',
  reason: RegExp,
): Promise<void> {
  let failures: Readonly<Record<string, number>> = {};
  await until(
    async () => {
      failures = await series(health, 'aorta_loop_failures_total');
      const counted = Object.keys(failures).some((labels) => {
        const [, loop, why] = /^loop="(.*)",reason="(.*)"$/.exec(labels)!;
        return loop === `relay.${sink}` && reason.test(why!);
      });
      const refused = (await series(health, 'aorta_relay_queue_failures_total'))['consumer="all"'] ?? 0;
      return counted || (sink === 'queues' && refused > 0);
    },
    {
      timeoutMs: patient,
      message: () => `failures of ${sink} are counted under ${reason}; so far ${JSON.stringify(failures)}`,
    },
  );
}

/** Waits until both sinks have passed everything that was committed. */
export async function untilPublished({ database: { pool } }: World): Promise<void> {
  const sql = `SELECT least((SELECT position FROM sink WHERE name = 'streams'),
                            (SELECT min(enqueued_position) FROM consumer WHERE kind = 'QUEUE')) AS through`;
  await until(async () => (await pool.query(sql)).rows[0].through >= (await newestPosition(pool)), {
    timeoutMs: patient,
    message: 'both sinks have published everything',
  });
}

/** Claims that the stream and the queue hold the log: all of it, once, in order; and that nothing was taken out of it. */
export async function expectPublished(world: World, admin: Redis): Promise<void> {
  const { pool } = world.database;
  const log = idsOf(await readLog(world.database));
  expect(idsOf(await readStream(admin, world, 'video'))).toEqual(log);
  expect(idsOf(await readJobs(admin, 'all'))).toEqual(log);
  expect((await pool.query('SELECT id FROM outbox_parked')).rows).toEqual([]);
  expect((await pool.query('SELECT id FROM dead_letter')).rows).toEqual([]);
}
