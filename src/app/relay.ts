import { aborted } from '../platform/aborted.ts';
import type { Config } from '../platform/config.ts';
import { startHealthServer } from '../platform/health.ts';
import { openPatientRedis, openRedis } from '../platform/redis.ts';
import { openRole } from '../platform/role.ts';
import { createRelayMetrics } from '../relay/metrics.ts';
import { startRelay } from '../relay/relay.ts';
import { checkStores } from './check-stores.ts';
import { catalogue } from './modules.ts';

/** Runs a relay until the signal: publishes the outbox while it leads, else stands by. */
export async function runRelay(config: Config, signal: AbortSignal): Promise<void> {
  await using role = openRole('relay', config);
  const { database, logger, registry } = role;
  const redis = openRedis(role.redisOptions('streams'));
  const queueRedis = openRedis(role.redisOptions('queues'));
  const nudges = openPatientRedis(role.redisOptions('nudges'));
  for (const connection of [redis, queueRedis, nudges]) role.onStop(() => connection.disconnect());
  await checkStores(database.pool, redis);

  const relay = startRelay({
    databaseUrl: config.DATABASE_URL,
    application: role.application,
    pool: database.pool,
    redis,
    queueRedis,
    nudges,
    logName: config.LOG_NAME,
    topics: catalogue.topics,
    logger,
    metrics: createRelayMetrics(registry),
    pollMs: config.RELAY_POLL_MS,
    batchSize: config.RELAY_BATCH,
    queueBatchSize: config.RELAY_QUEUE_BATCH,
    streamMaxLength: config.STREAM_MAX_LENGTH,
  });
  role.onStop(() => relay.stop());

  const ready = async () => {
    await database.pool.query('SELECT 1');
    await redis.ping();
  };
  const health = await startHealthServer({ ready, registry }, config.HOST, config.HEALTH_PORT);
  role.onStop(() => health.stop());
  logger.info({ healthPort: health.port }, 'relay.started');
  await aborted(signal);
  logger.info('relay.stopping');
}
