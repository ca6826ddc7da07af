/** The same mutation in several ways: a viewer's heartbeat, which is a session's row changed and an event in the outbox. */
import { randomUUIDv7 } from 'node:crypto';
import { heartbeat as heartbeatCommand } from '../../src/domains/streaming/commands.ts';
import { decideHeartbeat, type Session } from '../../src/domains/streaming/session.ts';
import { lockSession, toState, updateSession } from '../../src/domains/streaming/session-rows.ts';
import type { NewEvent } from '../../src/events/define-event.ts';
import { requestCause } from '../../src/events/envelope.ts';
import { createOutbox, record, type Tx } from '../../src/outbox/transaction.ts';
import type { Database } from '../../src/platform/postgres.ts';

/** Settles when the heartbeat of this session is committed. */
export type Way = (session: Session) => Promise<unknown>;

const cause = requestCause('request-of-bench', 'viewer');
const columns = `id, topic, type, schema_version, aggregate_type, aggregate_id, aggregate_version, occurred_at,
  correlation_id, causation_id, actor, depth, keys, payload`;

export function waysToWrite({ prisma, pool }: Database) {
  const outbox = createOutbox({ prisma, pool, nudge: () => {} });
  const changeRow = (tx: Tx, { id, lastSeenAt, version }: Session) =>
    tx.$executeRaw`UPDATE watch_session SET last_seen_at = ${lastSeenAt}, version = ${version} WHERE id = ${id}::uuid`;
  return {
    /** Two rows in an interactive transaction, the second one by `record` */
    recorded: async (before) =>
      outbox.transaction(cause, async (tx) => {
        const { session, events } = decideHeartbeat(before, new Date());
        await changeRow(tx, session);
        record(tx, ...events);
      }),
    /** The same two rows, the second one by an INSERT of one's own */
    byHand: async (before) =>
      prisma.$transaction(async (tx) => {
        const { session, events } = decideHeartbeat(before, new Date());
        await changeRow(tx, session);
        await tx.$executeRawUnsafe(
          `INSERT INTO outbox (${columns})
           VALUES ($1::uuid, $2, $3, $4, $5, $6, $7, $8::timestamptz, $9, $10::uuid, $11, $12, $13::text[], $14::jsonb)`,
          ...valuesOf(events[0]!),
        );
      }),
    /** The command as it was before it became one statement: row locked, decided on, changed, recorded */
    interactive: async ({ id }) =>
      outbox.transaction(cause, async (tx) => {
        const { session, events } = decideHeartbeat(toState((await lockSession(tx, id))!), new Date());
        await updateSession(tx, session);
        record(tx, ...events);
      }),
    /** The command as it is: row read, decided on, then changed and recorded in one statement */
    oneStatement: ({ id }) => heartbeatCommand(outbox, cause, { sessionId: id }, new Date()),
    /** The two rows without Prisma, in four round trips of prepared statements: what PostgreSQL and pg can do */
    plainPg: async (before) => {
      const { session, events } = decideHeartbeat(before, new Date());
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        await client.query({
          name: 'bench change',
          text: 'UPDATE watch_session SET last_seen_at = $2, version = $3 WHERE id = $1',
          values: [session.id, session.lastSeenAt, session.version],
        });
        await client.query({
          name: 'bench insert',
          text: `INSERT INTO outbox (${columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
          values: valuesOf(events[0]!),
        });
        await client.query('COMMIT');
      } finally {
        client.release();
      }
    },
  } satisfies Record<string, Way>;
}

export type WayName = keyof ReturnType<typeof waysToWrite>;

const valuesOf = ({ definition, aggregateId, aggregateVersion, occurredAt, keys, payload }: NewEvent) => [
  randomUUIDv7(),
  definition.topic,
  definition.type,
  definition.schemaVersion,
  definition.aggregateType,
  aggregateId,
  aggregateVersion,
  occurredAt,
  cause.correlationId,
  cause.causationId,
  cause.actor,
  cause.depth,
  keys,
  JSON.stringify(payload),
];
