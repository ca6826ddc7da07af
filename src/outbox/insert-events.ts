import { randomUUIDv7 } from 'node:crypto';
import type { Envelope } from '../events/envelope.ts';
import { Prisma } from '../generated/prisma/client.ts';
import type { RecordedEvent, Tx } from './recorded-event.ts';

/** Inserts the events in order, in one statement whatever their number. */
export async function insertEvents(tx: Tx, events: readonly RecordedEvent[]): Promise<void> {
  if (events.length > 0) await tx.$executeRaw(insertOf(events));
}

/** The statement that inserts the events in order; with a condition, either all of them or none. */
export function insertOf(events: readonly RecordedEvent[], condition = Prisma.sql`TRUE`): Prisma.Sql {
  const rows = JSON.stringify(events.map(toEnvelope));
  // the order of WITH ORDINALITY is the order of the positions
  return Prisma.sql`
    INSERT INTO outbox (id, topic, type, schema_version, aggregate_type, aggregate_id, aggregate_version,
                        occurred_at, correlation_id, causation_id, actor, depth, via, keys, payload)
    SELECT (e->>'id')::uuid, e->>'topic', e->>'type', (e->>'schemaVersion')::int, e->>'aggregateType',
           e->>'aggregateId', (e->>'aggregateVersion')::int, (e->>'occurredAt')::timestamptz,
           e->>'correlationId', (e->>'causationId')::uuid, e->>'actor', (e->>'depth')::int,
           ARRAY(SELECT jsonb_array_elements_text(e->'via')),
           ARRAY(SELECT jsonb_array_elements_text(e->'keys')), e->'payload'
      FROM jsonb_array_elements(${rows}::jsonb) WITH ORDINALITY AS row (e, n)
     WHERE ${condition}
     ORDER BY n`;
}

function toEnvelope({ cause, event }: RecordedEvent): Envelope {
  const { definition } = event;
  return {
    id: event.id ?? randomUUIDv7(),
    type: definition.type,
    schemaVersion: definition.schemaVersion,
    topic: definition.topic,
    aggregateType: definition.aggregateType,
    aggregateId: event.aggregateId,
    aggregateVersion: event.aggregateVersion,
    occurredAt: event.occurredAt.toISOString(),
    ...cause,
    keys: event.keys,
    payload: event.payload,
  };
}
