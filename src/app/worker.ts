import { watchOwner } from '../log/owner-watch.ts';
import { openLogReader } from '../log/reader.ts';
import { startWaiter } from '../log/waiter.ts';
import { registerEventTypes } from '../outbox/event-types.ts';
import { aborted } from '../platform/aborted.ts';
import { refuseReplica } from '../platform/check-redis.ts';
import { checkClock } from '../platform/clock.ts';
import { type Config, checkConnections } from '../platform/config.ts';
import { type HealthServer, startHealthServer } from '../platform/health.ts';
import { showLoops } from '../platform/loop-metrics.ts';
import { createReadiness } from '../platform/readiness.ts';
import { openBlockingRedis, openPatientRedis, openRedis } from '../platform/redis.ts';
import { openRole } from '../platform/role.ts';
import { showBreakers } from '../workers/breaker.ts';
import { createIsolation } from '../workers/isolation.ts';
import { createWorkerMetrics } from '../workers/metrics.ts';
import { registerConsumer } from '../workers/register.ts';
import { runProcessor } from '../workers/run-processor.ts';
import { runQueue } from '../workers/run-queue.ts';
import type { Runner } from '../workers/runner.ts';
import { checkStores } from './check-stores.ts';
import { platform as ours } from './modules.ts';
import { openOutbox } from './open-outbox.ts';
import { openOwnerRedis } from './open-owner-redis.ts';
import { openShards } from './open-shards.ts';
import type { Platform } from './platform.ts';

/** Runs the reactions named by `only`, or all of them, until the signal. Throws a DeclarationError for one that cannot work. */
export async function runWorker(
  config: Config,
  only: readonly string[] | undefined,
  signal: AbortSignal,
  platform: Platform = ours,
): Promise<void> {
  platform.reactions(() => {}); // before anything is opened
  checkConnections(config, 'worker', 'its consumers beside one another');
  await using role = openRole('worker', config);
  const { database, logger, registry } = role;
  const { pool } = database;
  const { LOG_NAME: logName, DATABASE_URL: databaseUrl } = config;
  const redis = openRedis(role.redisOptions('commands'));
  const shards = openShards(role, (key) => openPatientRedis(role.redisOptions('queues', key)));
  const blocking = openBlockingRedis(role.redisOptions('tail'));
  for (const connection of [redis, blocking]) role.onStop(() => connection.disconnect());
  const ownerRedis = openOwnerRedis(role, redis);
  const { owner: seen } = await checkStores(pool, redis, ownerRedis, role);
  const owner = watchOwner({ pool, redis: ownerRedis, logName, logger, registry, seen });
  role.onStop(() => owner.stop());
  await registerEventTypes(pool, platform.eventTypes);

  const { outbox, changed } = openOutbox(database, redis, logName, platform);
  const reactions = platform.reactions(changed).filter(({ name }) => !only || only.includes(name));
  for (const reaction of reactions) await registerConsumer(pool, reaction, logger);

  let health: HealthServer | undefined;
  role.onStop(() => health?.stop()); // after what it tells of
  const waiter = startWaiter({ blocking, pool, logName, logger });
  role.onStop(() => waiter.stop());
  const common = {
    outbox,
    pool,
    logger,
    metrics: createWorkerMetrics(registry),
    application: role.application,
    clock: database.clock,
    finishMs: config.SHUTDOWN_MS * finishShare,
  };
  const isolation = createIsolation();
  const runners = reactions.map((reaction): Runner => {
    if (reaction.kind === 'queue') {
      return runQueue(reaction, {
        ...common,
        ...shards.of(reaction.name),
        lockMs: config.WORKER_LOCK_MS,
        isolation,
        owner,
      });
    }
    return runProcessor(reaction, {
      ...common,
      databaseUrl,
      openReader: () => openLogReader({ redis, pool, logName, waiter, isOurs: () => owner.isOurs }),
      wait: (after, stopped) => waiter.wait(after, idleMs, stopped),
    });
  });
  role.onStop(() => Promise.all(runners.map((runner) => runner.stop())));

  const ready = createReadiness({
    vital: {
      postgres: () => pool.query('SELECT 1'),
      redis: () => refuseReplica(redis),
      owner: owner.refusal,
    },
    useful: { clock: async () => checkClock(database.clock), owner: owner.waiting },
    stopping: signal,
  });
  showLoops(registry);
  showBreakers(registry);
  const { HOST, HEALTH_PORT } = config;
  // one reaction that fails, which holds its slot, is no reason to end the others
  health = await startHealthServer({ ready, registry, isVital: () => false }, HOST, HEALTH_PORT);
  logger.info({ healthPort: health.port, consumers: reactions.map(({ name }) => name) }, 'worker.started');
  await aborted(signal);
  logger.info('worker.stopping');
}

const finishShare = 0.7; // of the time for shutdown: what is cut off then still has to be rolled back
const idleMs = 1_000; // how long a processor waits at most before it looks for redriven events and pauses
