/** Opens everything that the api answers from: the tail of the log, signals, services, the executable schema. */
import { randomUUID } from 'node:crypto';
import { OperationTypeNode } from 'graphql';
import { requestCause } from '../events/envelope.ts';
import { createHistory } from '../history/history.ts';
import { decodeCursor, encodeCursor } from '../live/cursor.ts';
import { createExecutor, type LiveContext, type RequestInfo } from '../live/executor.ts';
import { formatError } from '../live/format-error.ts';
import { createGroups } from '../live/groups.ts';
import { createHistory as createEventHistory } from '../live/history.ts';
import { createSignals } from '../live/signals.ts';
import { createSources } from '../live/sources.ts';
import { startTail } from '../live/tail.ts';
import { watchOwner } from '../log/owner-watch.ts';
import { openLogReader } from '../log/reader.ts';
import { startWaiter } from '../log/waiter.ts';
import { createOperations } from '../operations/operations.ts';
import { createShardedQueues } from '../operations/queues.ts';
import { mayContinue } from '../outbox/correlation.ts';
import { registerEventTypes } from '../outbox/event-types.ts';
import { newestPosition, settledHead } from '../outbox/head.ts';
import { refuseReplica } from '../platform/check-redis.ts';
import { checkClock } from '../platform/clock.ts';
import { leaseHolder } from '../platform/lease.ts';
import type { Database } from '../platform/postgres.ts';
import { createReadiness } from '../platform/readiness.ts';
import { openBlockingRedis, openPatientRedis, openRedis } from '../platform/redis.ts';
import type { Role } from '../platform/role.ts';
import { boundFields } from '../resolvers/bounds.ts';
import type { Context, Services } from '../resolvers/context.ts';
import { createLogReads } from '../resolvers/event-page.ts';
import { asksForHead } from '../resolvers/events/head.ts';
import { createLoaders } from '../resolvers/loaders.ts';
import { createSchema } from '../schema/load-schema.ts';
import { openApiDatabases } from './api-databases.ts';
import { checkStores } from './check-stores.ts';
import { catalogue, eventTypes, resolverModules } from './modules.ts';
import { openOutbox } from './open-outbox.ts';
import { openOwnerRedis } from './open-owner-redis.ts';
import { openShards } from './open-shards.ts';

const longestCursor = 1_000; // characters; what is longer was never given out

export async function openLive(role: Role, stopping: AbortSignal) {
  const { config, logger } = role;
  const databases = openApiDatabases(role);
  // what the process needs for itself must not wait for what clients read
  const { pool } = databases.mutations;
  const logName = config.LOG_NAME;
  const redis = openRedis(role.redisOptions('commands'));
  const blocking = openBlockingRedis(role.redisOptions('tail'));
  const subscriber = openPatientRedis(role.redisOptions('signals'));
  for (const connection of [redis, blocking, subscriber]) role.onStop(() => connection.disconnect());
  const ownerRedis = openOwnerRedis(role, redis);
  const { owner: seen } = await checkStores(pool, redis, ownerRedis, role);
  const owner = watchOwner({ pool, redis: ownerRedis, logName, logger, registry: role.registry, seen });
  role.onStop(() => owner.stop());
  await registerEventTypes(pool, eventTypes);

  const waiter = startWaiter({ blocking, pool, logName, logger });
  const openReader = () => openLogReader({ redis, pool, logName, waiter, isOurs: () => owner.isOurs });
  role.onStop(() => waiter.stop());
  const tail = await startTail({ openReader, waiter, topics: catalogue.topics, logger });
  role.onStop(() => tail.stop());
  const signals = createSignals({ publisher: redis, subscriber, logName, logger });
  role.onStop(() => signals.stop());
  const events = createEventHistory(() => tail, logger, databases.subscriptions.pool);
  const groups = createGroups({ tail, history: events, signals, logger });
  const queues = createShardedQueues(
    openShards(role, (key) => (key === undefined ? redis : openRedis(role.redisOptions('queues', key)))),
  );
  role.onStop(() => queues.close());

  const through = () => tail.reader.through();
  const cursors: Services['cursors'] = {
    encode: (position) => encodeCursor(tail.epoch, position),
    decode: (cursor) => decodeCursor(tail.epoch, cursor),
  };
  const sources = createSources({ tail, newestPosition: () => newestPosition(pool) });
  const servicesOn = (database: Database): Services => {
    const { prisma, pool } = database;
    const { outbox } = openOutbox(database, redis, logName);
    return {
      ...{ prisma, pool, catalogue, outbox, cursors, sources },
      history: createHistory(outbox),
      log: createLogReads(pool, through),
      operations: createOperations({
        ...{ pool, redis, queues, encodeCursor, logName, through },
        topics: catalogue.topics,
        relayLeader: () => leaseHolder(pool, `relay:${logName}`),
      }),
    };
  };
  /** By the kind of the operation: each has connections of its own. */
  const services = {
    [OperationTypeNode.QUERY]: servicesOn(databases.queries),
    [OperationTypeNode.MUTATION]: servicesOn(databases.mutations),
    [OperationTypeNode.SUBSCRIPTION]: servicesOn(databases.subscriptions),
  };

  /** Queries and subscriptions record nothing, and answer with what they were given. */
  const correlationIdOf = async (request: RequestInfo, operation: OperationTypeNode): Promise<string> => {
    const { correlationId, correlationIdIsChosen, viewer } = request;
    const mayKeep =
      !correlationIdIsChosen ||
      operation !== OperationTypeNode.MUTATION ||
      (await mayContinue(databases.mutations.pool, correlationId, viewer.actor));
    return mayKeep ? correlationId : randomUUID();
  };

  const schema = boundFields(createSchema(resolverModules));
  const executor = createExecutor({
    schema,
    groups,
    encodeCursor: cursors.encode,
    timeoutMs: config.REQUEST_TIMEOUT_MS,
    maxAnswerBytes: config.MAX_ANSWER_BYTES,
    formatError: (error) => formatError(error, { logger, encodeCursor: cursors.encode }),
    async createContext(request: RequestInfo, document, operation): Promise<Context & LiveContext> {
      const { viewer, requester, givenUp } = request;
      const { pool, prisma } = databases.queries;
      const head = asksForHead(document) ? await settledHead(pool, tail.position) : undefined;
      return {
        ...{ viewer, head, requester, givenUp, now: () => role.database.clock.now() },
        resumeAfter: request.resumeAfter?.slice(0, longestCursor),
        cause: requestCause(await correlationIdOf(request, operation), viewer.actor),
        services: services[operation],
        loaders: createLoaders(
          operation === OperationTypeNode.SUBSCRIPTION ? databases.subscriptions.prisma : prisma,
        ),
      };
    },
    renewContext: (context) => ({
      ...context,
      givenUp: undefined,
      loaders: createLoaders(databases.subscriptions.prisma),
    }),
  });
  const ready = createReadiness({
    vital: { postgres: () => pool.query('SELECT 1'), owner: owner.refusal },
    // without it mutations, queries and events go on from Postgres
    useful: {
      redis: () => refuseReplica(redis),
      clock: async () => checkClock(role.database.clock),
      owner: owner.waiting,
    },
    stopping,
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
