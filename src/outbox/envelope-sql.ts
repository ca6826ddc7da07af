/**
 * An outbox row as the JSON text of its envelope. Postgres writes it, so that the relay passes bytes on without
 * parsing them. The field names are those of Envelope in src/events/envelope.ts.
 */
export const envelopeJson = `json_build_object(
  'id', id, 'type', type, 'schemaVersion', schema_version, 'topic', topic,
  'aggregateType', aggregate_type, 'aggregateId', aggregate_id, 'aggregateVersion', aggregate_version,
  'occurredAt', to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'correlationId', correlation_id, 'causationId', causation_id, 'actor', actor, 'depth', depth, 'via', via,
  'keys', keys, 'payload', payload)::text`;
