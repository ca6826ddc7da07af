import { watchOwner } from '../log/owner-watch.ts';
import { aborted } from '../platform/aborted.ts';
import { refuseReplica } from '../platform/check-redis.ts';
import { checkClock } from '../platform/clock.ts';
import { type Config, checkConnections } from '../platform/config.ts';
import { type HealthServer, startHealthServer } from '../platform/health.ts';
import { createReadiness } from '../platform/readiness.ts';
import { openPatientRedis, openRedis } from '../platform/redis.ts';
import { openRole } from '../platform/role.ts';
import { createRelayMetrics } from '../relay/metrics.ts';
import { startRelay } from '../relay/relay.ts';
import { showStores } from '../relay/store-metrics.ts';
import { showSagas } from '../sagas/metrics.ts';
import { checkStores } from './check-stores.ts';
import { catalogue, eventTypes } from './modules.ts';
import { openOwnerRedis } from './open-owner-redis.ts';
import { openShards } from './open-shards.ts';

/** Runs a relay until the signal: publishes the outbox while it leads, else stands by. */
export async function runRelay(config: Config, signal: AbortSignal): Promise<void> {
  checkConnections(config, 'relay', 'streams, queues and retention beside one another');
  await using role = openRole('relay', config);
  const { database, logger, registry } = role;
  const redis = openRedis(role.redisOptions('streams'));
  const shards = openShards(role, (key) => openRedis(role.redisOptions('queues', key)));
  const nudges = openPatientRedis(role.redisOptions('nudges'));
  for (const connection of [redis, nudges]) role.onStop(() => connection.disconnect());
  const { LOG_NAME: logName } = config;
  const ownerRedis = openOwnerRedis(role, redis);
  const { owner: seen } = await checkStores(database.pool, redis, ownerRedis, role);
  const owner = watchOwner({ pool: database.pool, redis: ownerRedis, logName, logger, registry, seen });
  role.onStop(() => owner.stop());

  let health: HealthServer | undefined;
  role.onStop(() => health?.stop()); // after what it tells of
  const relay = startRelay({
    databaseUrl: config.DATABASE_URL,
    application: role.application,
    pool: database.pool,
    redis,
    ownerRedis,
    shards,
    nudges,
    logName,
    topics: catalogue.topics,
    logger,
    metrics: createRelayMetrics(registry),
    pollMs: config.RELAY_POLL_MS,
    batchSize: config.RELAY_BATCH,
    queueBatchSize: config.RELAY_QUEUE_BATCH,
    jobsPerConsumer: config.QUEUE_MAX_JOBS,
    streamMaxLength: config.STREAM_MAX_LENGTH,
    types: eventTypes,
    retention: { days: config.RETENTION_DAYS, topicDays: config.TOPIC_RETENTION_DAYS },
    keyDays: config.IDEMPOTENCY_DAYS,
    partitionSize: config.PARTITION_SIZE,
  });
  role.onStop(() => relay.stop());

  const { pool } = database;
  const ready = createReadiness({
    vital: {
      postgres: () => pool.query('SELECT 1'),
      redis: () => refuseReplica(redis),
      owner: owner.refusal,
    },
    useful: { clock: async () => checkClock(database.clock), owner: owner.waiting },
    state: () => (relay.leading ? 'leading' : 'standby'),
    stopping: signal,
  });
  showStores(registry, { pool, redis, redisUrl: config.REDIS_URL });
  showSagas(registry, pool);
  const isVital = (loop: string) => sinkLoops.includes(loop);
  health = await startHealthServer({ ready, registry, isVital }, config.HOST, config.HEALTH_PORT);
  logger.info({ healthPort: health.port }, 'relay.started');
  await aborted(signal);
  logger.info('relay.stopping');
}

const sinkLoops = ['relay.streams', 'relay.checkpoint', 'relay.queues'];
