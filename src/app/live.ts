/** Opens everything that the api answers from: the tail of the log, signals, services, the executable schema. */
import { requestCause } from '../events/envelope.ts';
import { createHistory } from '../history/history.ts';
import { decodeCursor, encodeCursor } from '../live/cursor.ts';
import { createExecutor, type RequestInfo } from '../live/executor.ts';
import { formatError } from '../live/format-error.ts';
import { createGroups } from '../live/groups.ts';
import { createHistory as createEventHistory } from '../live/history.ts';
import { createSignals } from '../live/signals.ts';
import { createSources } from '../live/sources.ts';
import { startTail } from '../live/tail.ts';
import { queuePrefix } from '../log/keys.ts';
import { openLogReader } from '../log/reader.ts';
import { startWaiter } from '../log/waiter.ts';
import { createOperations } from '../operations/operations.ts';
import { createQueues } from '../operations/queues.ts';
import { registerEventTypes } from '../outbox/event-types.ts';
import { newestPosition, settledHead } from '../outbox/head.ts';
import { leaseHolder } from '../platform/lease.ts';
import { createReadiness } from '../platform/readiness.ts';
import { openBlockingRedis, openPatientRedis, openRedis } from '../platform/redis.ts';
import type { Role } from '../platform/role.ts';
import type { Context, Services } from '../resolvers/context.ts';
import { createLogReads } from '../resolvers/event-page.ts';
import { asksForHead } from '../resolvers/events/head.ts';
import { createLoaders } from '../resolvers/loaders.ts';
import { createSchema } from '../schema/load-schema.ts';
import { checkStores } from './check-stores.ts';
import { catalogue, eventTypes, resolverModules } from './modules.ts';
import { openOutbox } from './open-outbox.ts';

export async function openLive(role: Role) {
  const { config, database, logger } = role;
  const { pool, prisma } = database;
  const logName = config.LOG_NAME;
  const redis = openRedis(role.redisOptions('commands'));
  const blocking = openBlockingRedis(role.redisOptions('tail'));
  const subscriber = openPatientRedis(role.redisOptions('signals'));
  for (const connection of [redis, blocking, subscriber]) role.onStop(() => connection.disconnect());
  await checkStores(pool, redis);
  await registerEventTypes(pool, eventTypes);

  const openReader = () => openLogReader({ redis, pool, logName });
  const waiter = startWaiter({ blocking, pool, logName, logger });
  role.onStop(() => waiter.stop());
  const tail = await startTail({ openReader, waiter, topics: catalogue.topics, logger });
  role.onStop(() => tail.stop());
  const signals = createSignals({ publisher: redis, subscriber, logName, logger });
  role.onStop(() => signals.stop());
  const events = createEventHistory(() => tail, logger);
  const groups = createGroups({ tail, history: events, signals, logger });
  const queues = createQueues(redis, queuePrefix(logName));
  role.onStop(() => queues.close());

  const through = () => tail.reader.through();
  const { outbox } = openOutbox(database, redis, logName);
  const services: Services = {
    prisma,
    pool,
    catalogue,
    outbox,
    history: createHistory(outbox),
    log: createLogReads(pool, through),
    cursors: {
      encode: (position) => encodeCursor(tail.epoch, position),
      decode: (cursor) => decodeCursor(tail.epoch, cursor),
    },
    sources: createSources({ tail, newestPosition: () => newestPosition(pool) }),
    operations: createOperations({
      pool,
      redis,
      queues,
      encodeCursor,
      logName,
      through,
      topics: catalogue.topics,
      relayLeader: () => leaseHolder(pool, `relay:${logName}`),
    }),
  };

  const schema = createSchema(resolverModules);
  const executor = createExecutor({
    schema,
    groups,
    encodeCursor: services.cursors.encode,
    formatError: (error) => formatError(error, { logger, encodeCursor: services.cursors.encode }),
    async createContext({ correlationId, viewer, resumeAfter }: RequestInfo, document): Promise<Context> {
      const head = asksForHead(document) ? await settledHead(pool, tail.position) : undefined;
      const cause = requestCause(correlationId, viewer.actor);
      const loaders = createLoaders(prisma);
      return { cause, viewer, head, resumeAfter, services, now: () => new Date(), loaders };
    },
    renewContext: (context) => ({ ...context, loaders: createLoaders(prisma) }),
  });
  const ready = createReadiness({
    vital: { postgres: () => pool.query('SELECT 1') },
    // without it mutations, queries and events go on from Postgres
    useful: { redis: () => redis.ping() },
  });
  const count = () => ({
    ...groups.count(),
    signals: signals.size,
    history_from_memory: events.answered.memory,
    history_from_stream: events.answered.stream,
    history_from_outbox: events.answered.outbox,
  });
  return { schema, executor, ready, count };
}
