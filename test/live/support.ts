/** The live side in the test's own process, on a real log, with a schema that tells who executed what for whom. */
import { buildSchema, type ExecutionResult, GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { catalogue } from '../../src/app/modules.ts';
import { heartbeat } from '../../src/domains/streaming/events.ts';
import { type LogEvent, requestCause } from '../../src/events/envelope.ts';
import { encodeCursor } from '../../src/live/cursor.ts';
import { createGroups } from '../../src/live/groups.ts';
import { createHistory } from '../../src/live/history.ts';
import type { Message } from '../../src/live/message.ts';
import { jsonOf } from '../../src/live/message.ts';
import type { Membership, Outlet } from '../../src/live/outlet.ts';
import { createSignals } from '../../src/live/signals.ts';
import { createSources } from '../../src/live/sources.ts';
import { beginSubscription } from '../../src/live/subscribe.ts';
import { startTail } from '../../src/live/tail.ts';
import { openLogReader } from '../../src/log/reader.ts';
import { startWaiter } from '../../src/log/waiter.ts';
import { newestPosition } from '../../src/outbox/head.ts';
import { createOutbox, record } from '../../src/outbox/transaction.ts';
import { createLogger } from '../../src/platform/logger.ts';
import type { Database } from '../../src/platform/postgres.ts';
import { openBlockingRedis, openPatientRedis, openRedis } from '../../src/platform/redis.ts';
import { itself } from '../../src/platform/requester.ts';
import type { Viewer } from '../../src/platform/sign-in.ts';
import type { World } from '../support/world.ts';

const sdl = `
  type Query { nothing: Boolean }
  type Item { id: ID!, viewer: String!, label: String, execution: Int!, slowly: ID! }
  type Subscription { items(user: String, label: String, after: String): Item! }`;

interface ItemContext {
  readonly viewer: Viewer;
}

/** What came out of one subscription. */
export interface Received extends Outlet {
  readonly results: ExecutionResult[];
  /** How many messages each write held */
  readonly writes: number[];
  readonly ended: boolean;
  blocked: boolean;
}

export interface Subscriber {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly scope?: string;
}

export async function openLive(
  { env, database }: Pick<World, 'env' | 'database'>,
  logger = createLogger('test', 'silent'),
) {
  const connection = { url: env.REDIS_URL!, logger };
  const redis = openRedis({ ...connection, name: 'test:commands' });
  const blocking = openBlockingRedis({ ...connection, name: 'test:tail' });
  const subscriber = openPatientRedis({ ...connection, name: 'test:signals' });
  const { pool } = database;
  const waiter = startWaiter({ blocking, pool, logName: 'aorta', logger });
  const openReader = () => openLogReader({ redis, pool, logName: 'aorta', waiter });
  const tail = await startTail({ openReader, waiter, topics: catalogue.topics, logger });
  const history = createHistory(() => tail, logger);
  const signals = createSignals({ publisher: redis, subscriber, logName: 'aorta', logger });
  const groups = createGroups({ tail, history, signals, logger });
  const sources = createSources({ tail, newestPosition: () => newestPosition(pool) });

  let executions = 0;
  const schema = buildSchema(sdl);
  giveResolvers(schema, {
    subscribe: ({ user, after }) =>
      sources.events({ topics: catalogue.topics, keys: user == null ? [] : [`user:${user}`] }, after),
    execution: () => {
      executions += 1;
      return executions;
    },
  });
  const encode = (position: number) => encodeCursor(tail.epoch, position);

  return {
    tail,
    history,
    groups,
    encode,
    get executions() {
      return executions;
    },
    async subscribe({ query, variables = {}, scope = '' }: Subscriber, outlet: Outlet): Promise<Membership> {
      const begun = await beginSubscription(
        {
          schema,
          document: parse(query),
          variableValues: variables,
          contextValue: { viewer: { actor: scope, scope } },
        },
        {
          groups,
          maxAnswerBytes: 4_194_304,
          requesterOf: () => itself,
          scopeOf: (context) => (context as ItemContext).viewer.scope,
          contextForItem: (context) => context,
          formatError: (error) => (error instanceof GraphQLError ? error : new GraphQLError(String(error))),
          correlationIdOf: () => 'test',
          encodeCursor: encode,
        },
      );
      if (!('join' in begun)) throw new Error(JSON.stringify(begun));
      return begun.join(outlet);
    },
    async [Symbol.asyncDispose]() {
      await tail.stop();
      await waiter.stop();
      await signals.stop();
      redis.disconnect();
      subscriber.disconnect();
    },
  };
}

/** A client that keeps what it gets; it reads nothing while it is `blocked`. */
export function createOutlet(): Received {
  const results: ExecutionResult[] = [];
  const writes: number[] = [];
  let ended = false;
  return {
    results,
    writes,
    blocked: false,
    get ended() {
      return ended;
    },
    send(messages: readonly Message[]) {
      writes.push(messages.length);
      results.push(...messages.map((message) => JSON.parse(String(jsonOf(message)))));
    },
    caughtUp() {},
    complete() {
      ended = true;
    },
  };
}

/** One field of the item of each result. */
export const fieldOf = (results: readonly ExecutionResult[], name: string) =>
  results.map(({ data }) => (data as { items: Record<string, unknown> }).items[name]);

/** Records so many events of one user in one transaction. */
export async function beat({ prisma, pool }: Database, count: number, userId = 'ada'): Promise<void> {
  const outbox = createOutbox({ prisma, pool, nudge: () => {} });
  await outbox.transaction(requestCause('test'), async (tx) => {
    const beats = Array.from({ length: count }, (_, index) =>
      heartbeat.of({
        aggregateId: `session of ${userId}`,
        aggregateVersion: index + 1,
        occurredAt: new Date(),
        payload: { sessionId: 'session', userId, videoId: '1', quality: 'HD' },
      }),
    );
    record(tx, ...beats);
  });
}

interface ItemResolvers {
  subscribe(args: { user?: string | null; after?: string | null }): unknown;
  execution(): number;
}

function giveResolvers(schema: GraphQLSchema, { subscribe, execution }: ItemResolvers): void {
  const items = schema.getSubscriptionType()!.getFields().items!;
  items.subscribe = (_parent, args) => subscribe(args);
  items.resolve = (event: LogEvent, { label }: { label?: string }) => ({ ...event, label });
  const item = schema.getType('Item') as ReturnType<GraphQLSchema['getQueryType']> & object;
  item.getFields().execution!.resolve = execution;
  item.getFields().viewer!.resolve = (_event, _args, { viewer }: ItemContext) => viewer.actor;
  // answers later than those who ask after it may
  item.getFields().slowly!.resolve = async ({ id, position }: LogEvent) => {
    for (let turns = 0; turns < 20 - (position % 20); turns += 1) await null;
    return id;
  };
}
