/** Consumers, events and dead letters as the operations meet them. */
import { randomUUIDv7 } from 'node:crypto';
import { z } from 'zod';
import { defineEvent } from '../../src/events/define-event.ts';
import { requestCause } from '../../src/events/envelope.ts';
import { encodeCursor } from '../../src/live/cursor.ts';
import { queuePrefix } from '../../src/log/keys.ts';
import { createOperations, type Operations } from '../../src/operations/operations.ts';
import { createQueues, type Queues } from '../../src/operations/queues.ts';
import { type OutboxRow, readOutbox } from '../../src/outbox/read-outbox.ts';
import { createOutbox, record } from '../../src/outbox/transaction.ts';
import { createLogger } from '../../src/platform/logger.ts';
import type { Database } from '../../src/platform/postgres.ts';
import { openRedis } from '../../src/platform/redis.ts';
import { createJobs, type Jobs } from '../../src/relay/jobs.ts';
import { createWorld, type World } from '../support/world.ts';

export const logName = 'test';
const topic = { topic: 'order', aggregateType: 'order' };
export const placed = defineEvent('order.placed', z.object({}), topic);
export const paid = defineEvent('order.paid', z.object({}), topic);

export interface Desk extends AsyncDisposable {
  readonly world: World;
  readonly operations: Operations;
  readonly queues: Queues;
  /** The relay's hand on the queues */
  readonly jobs: Jobs;
  /** How far the log is published, for the operations */
  published: number;
}

/** A world with operations on it and nobody at work. */
export async function openDesk(): Promise<Desk> {
  await using setup = new AsyncDisposableStack();
  const world = setup.use(await createWorld());
  const { pool } = world.database;
  const redis = openRedis({
    url: world.redis.url,
    name: 'test',
    logger: createLogger('test', 'silent'),
  });
  setup.defer(() => redis.disconnect());
  const queues = createQueues(redis, queuePrefix(logName));
  setup.defer(() => queues.close());
  const jobs = createJobs(redis, queuePrefix(logName));
  setup.defer(() => jobs.close());
  const operations = createOperations({
    pool,
    redis,
    queues,
    logName,
    topics: ['order'],
    through: async () => desk.published,
    relayLeader: async () => 'relay-1',
    encodeCursor,
  });
  const owned = setup.move();
  const desk: Desk = {
    world,
    operations,
    queues,
    jobs,
    published: 0,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
  return desk;
}

/** A queue consumer without order, as the relay knows it. */
export const unordered = (name: string) => ({ name, lanes: 0, orderedBy: null });

/** One that keeps the order of each aggregate's events. */
export const ordered = (name: string) => ({ name, lanes: 4, orderedBy: 'aggregate' });

/**
 * Records one event of each definition, each caused by the one before, in a handler of `via` if it is given; gives their
 * rows.
 */
export async function recordChain(
  { prisma, pool }: Database,
  correlationId: string,
  definitions: readonly (typeof placed | typeof paid)[],
  via: readonly string[] = [],
): Promise<readonly OutboxRow[]> {
  const outbox = createOutbox({ prisma, pool, nudge: () => {} });
  const rows: OutboxRow[] = [];
  for (const definition of definitions) {
    const before = rows.at(-1);
    const chain = { causationId: before?.id ?? null, depth: rows.length, via: via.slice(0, rows.length) };
    const cause = { ...requestCause(correlationId), ...chain };
    await outbox.transaction(cause, async (tx) => {
      const place = { aggregateId: correlationId, aggregateVersion: rows.length + 1, occurredAt: new Date() };
      record(tx, definition.of({ ...place, payload: {} }));
    });
    const written = await readOutbox(pool, { after: 0, upTo: Number.MAX_SAFE_INTEGER, limit: 1_000 });
    rows.push(written.at(-1)!);
  }
  return rows;
}

export async function registerConsumer(
  { pool }: Database,
  name: string,
  kind: 'QUEUE' | 'PROCESSOR',
  types: readonly string[],
  { lanes, orderedBy }: { lanes: number; orderedBy: string | null } = unordered(name),
): Promise<void> {
  await pool.query(
    `INSERT INTO consumer (name, kind, types, topics, start_position, enqueued_position, lanes, ordered_by)
     VALUES ($1, $2::consumer_kind, $3, '{order}', 0, 0, $4, $5)`,
    [name, kind, types, lanes, orderedBy],
  );
}

export async function setEnqueued({ pool }: Database, name: string, position: number): Promise<void> {
  await pool.query('UPDATE consumer SET enqueued_position = $2 WHERE name = $1', [name, position]);
}

export async function setCheckpoints(
  { pool }: Database,
  name: string,
  positions: readonly number[],
): Promise<void> {
  await pool.query(
    `INSERT INTO processor_checkpoint (processor, slot, position)
     SELECT $1, slot - 1, position FROM unnest($2::bigint[]) WITH ORDINALITY AS given (position, slot)
     ON CONFLICT (processor, slot) DO UPDATE SET position = excluded.position`,
    [name, positions],
  );
}

/** The dead letter's id. */
export async function deadLetter({ pool }: Database, consumer: string, row: OutboxRow): Promise<string> {
  const id = randomUUIDv7();
  await pool.query(
    `INSERT INTO dead_letter (id, consumer, event_id, position, correlation_id, event, error, attempts)
     VALUES ($1, $2, $3, $4, $5::jsonb->>'correlationId', $5::jsonb, 'It broke.', 5)`,
    [id, consumer, row.id, row.position, row.envelope],
  );
  return id;
}

/** Dead letters of a consumer that keeps order: the first one failed, the others wait for it. Their ids. */
export async function deadLetterInOrder(
  database: Database,
  consumer: string,
  rows: readonly OutboxRow[],
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const row of rows) ids.push(await deadLetter(database, consumer, row));
  await database.pool.query(
    `UPDATE dead_letter
        SET ordering_key = 'order/' || (event->>'aggregateId'), waits = id <> $2,
            attempts = CASE id WHEN $2 THEN attempts ELSE 0 END,
            error = CASE id WHEN $2 THEN error ELSE 'WAITS: dead letter ' || $2 || ' stands before it' END
      WHERE id = ANY($1)`,
    [ids, ids[0]],
  );
  return ids;
}

export async function noteHandled({ pool }: Database, consumer: string, row: OutboxRow): Promise<void> {
  await pool.query('INSERT INTO inbox (consumer, event_id, position) VALUES ($1, $2, $3)', [
    consumer,
    row.id,
    row.position,
  ]);
}
