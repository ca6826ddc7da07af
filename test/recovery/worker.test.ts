import { Queue } from 'bullmq';
import { afterAll, beforeAll, test } from 'vitest';
import { queuePrefix } from '../../src/log/keys.ts';
import { readOutbox } from '../../src/outbox/read-outbox.ts';
import type { RoleProcess } from '../support/role-process.ts';
import { until } from '../support/until.ts';
import { addVideos, createViewers } from '../support/viewers.ts';
import type { World } from '../support/world.ts';
import {
  createRecoveryWorld,
  expectEffectsOnce,
  patient,
  quickToGiveUp,
  untilAllHandled,
} from './support.ts';

let world: World;
let worker: RoleProcess;

beforeAll(async () => {
  world = await createRecoveryWorld();
  await addVideos(world.database, 20);
  await world.spawn('relay').waitForLog('lease.taken');
  worker = await startWorker();
});
afterAll(() => world[Symbol.asyncDispose]());

async function startWorker(): Promise<RoleProcess> {
  const started = world.spawn('worker', { env: quickToGiveUp });
  // registering waits for a transaction of a frozen worker, which PostgreSQL ends after 15 s
  await started.waitForLog('worker.started', { timeoutMs: patient });
  return started;
}

// each handler has noted the event and written something before it comes to this table
test.each([
  { order: 0, consumer: 'badges', table: 'badge' },
  { order: 1, consumer: 'notifications', table: 'notification' },
  { order: 2, consumer: 'preferences', table: 'preference_quality' },
  { order: 3, consumer: 'rankings', table: 'ranking' },
  { order: 4, consumer: 'analytics', table: 'analytics_viewer' },
  { order: 5, consumer: 'recommendations', table: 'recommendation_history' },
])(
  '$consumer, killed between its work and its commit, has its effects exactly once',
  async ({ table, order }) => {
    const viewers = createViewers(world.database);
    // nobody has watched these yet: there is something to learn
    const videoIds = [0, 1, 2].map((index) => `v${order * 3 + index}`);
    {
      await using gate = await closeGate(table);
      for (const videoId of videoIds) await viewers.start({ userId: 'u1', videoId });
      await gate.untilReached();
      await worker.kill();
    }
    // PostgreSQL learns of the death when it answers, and rolls back
    await until(async () => {
      const sql = 'SELECT FROM pg_stat_activity WHERE application_name LIKE $1';
      return (await world.database.pool.query(sql, [`%:${worker.pid}`])).rowCount === 0;
    });

    worker = await startWorker();
    await untilAllHandled(world.database);
    await expectEffectsOnce(world.database);
  },
);

test.each([
  { consumer: 'badges', table: 'badge_progress', videoId: 'v18' },
  { consumer: 'analytics', table: 'analytics_viewer', videoId: 'v19' },
])(
  '$consumer, frozen between its work and its commit, is replaced, and does no harm when it wakes up',
  async ({ table, videoId }) => {
    const frozen = worker;
    {
      await using gate = await closeGate(table);
      await createViewers(world.database).start({ userId: 'u2', videoId });
      await gate.untilReached();
      frozen.signal('SIGSTOP');
    }
    worker = await startWorker();
    await untilAllHandled(world.database);
    frozen.signal('SIGCONT');
    await createViewers(world.database).start({ userId: 'u2', videoId });
    await untilAllHandled(world.database);
    await expectEffectsOnce(world.database);
    await frozen.stop();
  },
  120_000,
);

test('a worker that was killed before it could tell BullMQ of its commit has its effects once', async () => {
  await createViewers(world.database).start({ userId: 'u3', videoId: 'v0' });
  await untilAllHandled(world.database);
  const started = await worker.waitForLog('worker.started');
  const skipped = async (consumer: string) => {
    const metrics = await (await fetch(`http://127.0.0.1:${started.healthPort}/metrics`)).text();
    return Number(
      new RegExp(`^aorta_skipped_total\\{consumer="${consumer}"\\} (\\d+)`, 'm').exec(metrics)?.[1],
    );
  };

  // what BullMQ does then: it brings the job again, to whoever asks
  const rows = await readOutbox(world.database.pool, { after: 0, upTo: 1_000_000, limit: 10_000 });
  const starts = rows.filter(({ type }) => type === 'video.watch_started');
  for (const consumer of ['badges', 'notifications']) {
    await using jobs = openQueue(consumer);
    const before = (await skipped(consumer)) || 0;
    await jobs.queue.addBulk(
      starts.map(({ id, position, envelope }) => ({
        name: 'again',
        data: { position, envelope },
        opts: { jobId: `${id}-again`, removeOnComplete: true },
      })),
    );
    await until(async () => (await skipped(consumer)) === before + starts.length);
  }
  await untilAllHandled(world.database);
  await expectEffectsOnce(world.database);
});

function openQueue(consumer: string) {
  const queue = new Queue(consumer, { connection: { url: world.redis.url }, prefix: queuePrefix('aorta') });
  return { queue, [Symbol.asyncDispose]: () => queue.close() };
}

/** Lets nobody write to the table until it is disposed. */
async function closeGate(table: string) {
  const { pool } = world.database;
  const client = await pool.connect();
  await client.query('BEGIN');
  await client.query(`LOCK TABLE ${table} IN EXCLUSIVE MODE`);
  return {
    /** Settles when a transaction stands before the gate. */
    async untilReached() {
      const sql = 'SELECT FROM pg_locks WHERE NOT granted AND relation = $1::regclass';
      await until(async () => (await pool.query(sql, [table])).rowCount! > 0);
    },
    async [Symbol.asyncDispose]() {
      await client.query('COMMIT');
      client.release();
    },
  };
}
