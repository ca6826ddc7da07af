/** What one process of each role asks of its stores while nothing happens. */
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { test } from 'vitest';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';
import { patient } from './support.ts';

const windowMs = 4_000;

test('at rest the stores are asked for next to nothing', async () => {
  await using world = await createWorld();
  // the defaults: other tests' worlds look more often
  const env = { RELAY_POLL_MS: '500' };
  const [api, relay, worker] = (['api', 'relay', 'worker'] as const).map((role) =>
    world.spawn(role, { env }),
  );
  await Promise.all([
    api!.waitForLog('api.started'),
    relay!.waitForLog('lease.taken'),
    worker!.waitForLog('worker.started'),
  ]);
  await using redis = Object.assign(new Redis(world.redis.url), {
    [Symbol.asyncDispose]: async () => redis.disconnect(),
  });
  await until(
    async () => {
      const before = await countAll(world, redis);
      await delay(windowMs);
      const after = await countAll(world, redis);
      const rate = (key: keyof typeof after) => (after[key] - before[key]) / (after.second - before.second);
      return rate('commits') <= 25 && rate('commands') <= 40;
    },
    { timeoutMs: patient, message: 'at most 25 commits and 40 commands of Redis a second' },
  );
});

async function countAll({ database: { pool } }: World, redis: Redis) {
  // what a backend has counted is seen a second later at the latest, and our own look is one of them
  const { rows } = await pool.query<{ commits: number }>(
    'SELECT (xact_commit + xact_rollback)::float8 AS commits FROM pg_stat_database WHERE datname = current_database()',
  );
  const commands = Number(/^total_commands_processed:(\d+)/m.exec(await redis.info('stats'))![1]);
  return { commits: rows[0]!.commits, commands, second: performance.now() / 1_000 };
}
