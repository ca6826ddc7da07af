/** How each contestant's jobs come to be there before its worker starts. All of them carry the same events. */
import { Queue } from 'bullmq';
import { makeWorkerUtils } from 'graphile-worker';
import { PgBoss } from 'pg-boss';
import { Registry } from 'prom-client';
import { catalogue } from '../../src/app/modules.ts';
import { oneShard } from '../../src/log/queue-shards.ts';
import { readConfig } from '../../src/platform/config.ts';
import { openPatientRedis } from '../../src/platform/redis.ts';
import { createRelayMetrics } from '../../src/relay/metrics.ts';
import { startRelay } from '../../src/relay/relay.ts';
import { registerConsumer } from '../../src/workers/register.ts';
import { aortaReaction } from './aorta.ts';
import { untilTrue } from './until-true.ts';
import type { Work } from './work.ts';
import { logger, type WorkersWorld } from './world.ts';

export type Enqueue = (world: WorkersWorld, events: number, work: Work) => Promise<void>;

/** The relay takes the last events of the outbox to the consumer's queues, and ends. */
export const enqueueByRelay: Enqueue = async (world, events, work) => {
  const { pool, redis, redisUrl, databaseUrl, backlog } = world;
  const reaction = aortaReaction(work, backlog - events, { count: () => {} });
  await registerConsumer(pool, reaction, logger);
  const config = readConfig({ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl });
  const nudges = openPatientRedis({ url: redisUrl, name: 'aorta-bench-nudges', logger });
  const relay = startRelay({
    databaseUrl,
    application: 'aorta-bench-relay',
    pool,
    redis,
    shards: oneShard(redis, config.LOG_NAME),
    nudges,
    logName: config.LOG_NAME,
    topics: catalogue.topics,
    logger,
    metrics: createRelayMetrics(new Registry()),
    pollMs: config.RELAY_POLL_MS,
    batchSize: config.RELAY_BATCH,
    queueBatchSize: config.RELAY_QUEUE_BATCH,
    jobsPerConsumer: Number.POSITIVE_INFINITY, // nobody takes them while they are added
    streamMaxLength: config.STREAM_MAX_LENGTH,
  });
  try {
    await untilTrue(`the relay has enqueued ${events} events`, async () => {
      const { rows } = await pool.query<{ enqueued: number; published: number }>(
        `SELECT enqueued_position AS enqueued, (SELECT position FROM sink WHERE name = 'streams') AS published
           FROM consumer`,
      );
      return rows[0]!.enqueued >= backlog && rows[0]!.published >= backlog;
    });
  } finally {
    await relay.stop();
    nudges.disconnect();
  }
};

export const enqueueForBullmq: Enqueue = async ({ redis, read }, events) => {
  const queue = new Queue('bench', { connection: redis });
  const opts = { attempts: 5, backoff: { type: 'exponential', delay: 200 }, removeOnComplete: true };
  await read(events, (rows) =>
    queue.addBulk(
      rows.map(({ id, type, envelope }) => ({
        name: type,
        data: JSON.parse(envelope),
        opts: { ...opts, jobId: id },
      })),
    ),
  );
  await queue.close();
};

export const enqueueForGraphileWorker: Enqueue = async ({ pool, read }, events) => {
  const utils = await makeWorkerUtils({ pgPool: pool });
  await utils.migrate();
  await read(events, (rows) =>
    utils.addJobs(
      rows.map(({ envelope }) => ({ identifier: 'bench', payload: JSON.parse(envelope), maxAttempts: 5 })),
    ),
  );
  await utils.release();
  await pool.query('VACUUM ANALYZE graphile_worker._private_jobs');
};

export const enqueueForPgBoss: Enqueue = async ({ databaseUrl, pool, read }, events) => {
  const boss = new PgBoss({ connectionString: databaseUrl, supervise: false, schedule: false });
  boss.on('error', () => {}); // what matters fails the calls
  await boss.start();
  await boss.createQueue('bench');
  await read(events, (rows) =>
    boss.insert(
      'bench',
      rows.map(({ envelope }) => ({ data: JSON.parse(envelope) })),
    ),
  );
  await boss.stop();
  await pool.query('VACUUM ANALYZE');
};
