/** Publishes rows of the outbox, and parks those that cannot be published, so that they hold up nobody. */
import type { Redis } from 'ioredis';
import type { Envelope } from '../events/envelope.ts';
import type { LogKeys } from '../log/keys.ts';
import { type LogState, type PublishResult, publishBatch, readLogState } from '../log/publish.ts';
import { readEventTypes } from '../outbox/event-types.ts';
import { type ParkReason, parkEvent } from '../outbox/parked.ts';
import type { OutboxRow } from '../outbox/read-outbox.ts';
import type { OutboxSession } from '../outbox/session.ts';
import type { Logger } from '../platform/logger.ts';
import type { RelayMetrics } from './metrics.ts';
import { isLarge, isSizeRefusal, isTaken } from './size-limit.ts';

export interface PublishOptions {
  readonly redis: Redis;
  readonly logger: Logger;
  readonly metrics: RelayMetrics;
  readonly streamMaxLength: number;
}

/** Where rows are published from and to; `state` moves on with each call to Redis. */
export interface PublishPlace {
  readonly keys: LogKeys;
  readonly session: OutboxSession;
  state: LogState;
  /** The event types that are known; undefined: all are */
  types: ReadonlySet<string> | undefined;
  /** Settles when nothing is being read on the session's connection */
  readonly whenFree: () => Promise<void>;
}

const maxCallBytes = 16_000_000; // Redis does nothing else meanwhile, and closes a connection that sends a GB at once

/** The rows must be all that there is up to `through`. After 'fenced' the place must be found anew. */
export async function publishRows(
  options: PublishOptions,
  place: PublishPlace,
  rows: readonly OutboxRow[],
  through: number,
): Promise<PublishResult> {
  const parked = new Set<OutboxRow>();
  for (const row of rows.filter((row) => isLarge(row.envelope.length) || !isKnown(place, row))) {
    const reason = await reasonToPark(options, place, row);
    if (!reason) continue;
    if ((await park(options, place, row, reason)) === 'fenced') return 'fenced';
    parked.add(row);
  }
  const left = parked.size === 0 ? rows : rows.filter((row) => !parked.has(row));
  const calls = splitByBytes(left);
  if (calls.length === 0) return publish(options, place, [], through);
  for (const [n, call] of calls.entries()) {
    const end = n === calls.length - 1 ? through : call.at(-1)!.position;
    if ((await publishOrPark(options, place, call, end)) === 'fenced') return 'fenced';
  }
  return 'published';
}

const isKnown = ({ types }: PublishPlace, row: OutboxRow) => types === undefined || types.has(row.type);

async function reasonToPark(
  { redis }: PublishOptions,
  place: PublishPlace,
  row: OutboxRow,
): Promise<ParkReason | undefined> {
  if (!isKnown(place, row)) {
    await place.whenFree();
    // newer code may have come since
    place.types = await readEventTypes(place.session.client);
  }
  if (!isKnown(place, row)) return 'UNKNOWN_TYPE';
  return (await isTaken(redis, row.envelope)) ? undefined : 'TOO_LARGE';
}

/** Halves what Redis refuses for its size, until the row that it refuses is alone. */
async function publishOrPark(
  options: PublishOptions,
  place: PublishPlace,
  rows: readonly OutboxRow[],
  through: number,
): Promise<PublishResult> {
  try {
    return await publish(options, place, rows, through);
  } catch (error) {
    if (!isSizeRefusal(error)) throw error;
  }
  if (rows.length === 1) {
    const parked = await park(options, place, rows[0]!, 'TOO_LARGE');
    return parked === 'fenced' ? parked : publish(options, place, [], through);
  }
  const half = Math.ceil(rows.length / 2);
  const first = await publishOrPark(options, place, rows.slice(0, half), rows[half - 1]!.position);
  return first === 'fenced' ? first : publishOrPark(options, place, rows.slice(half), through);
}

async function publish(
  { redis, streamMaxLength, metrics }: PublishOptions,
  place: PublishPlace,
  rows: readonly OutboxRow[],
  through: number,
): Promise<PublishResult> {
  const { keys, state } = place;
  const result = await publishBatch(redis, keys, state, { rows, through }, streamMaxLength);
  if (result === 'published') {
    place.state = { ...state, through, newest: rows.at(-1) ?? state.newest };
    metrics.published.inc(rows.length);
    metrics.through.set(through);
  }
  return result;
}

/**
 * Only what is not published yet may be taken out of the log. Since the log and the outbox were claimed nobody else has
 * published; who claims them now finds the event gone, or this call without its claim.
 */
async function park(
  { redis, logger, metrics }: PublishOptions,
  { keys, state, session, whenFree }: PublishPlace,
  { position, id, type, topic, envelope }: OutboxRow,
  reason: ParkReason,
): Promise<'parked' | 'fenced'> {
  await whenFree();
  const now = await readLogState(redis, keys);
  const { incarnation, through, claim = '' } = state;
  if (now?.incarnation !== incarnation || now.through !== through || now.claim !== claim) return 'fenced';
  if (!(await parkEvent(session.client, position, reason, claim))) return 'fenced';
  metrics.parked.inc({ reason });
  const { correlationId } = JSON.parse(envelope) as Envelope;
  const log = { position, eventId: id, type, correlationId, topic, length: envelope.length, reason };
  logger.error(log, 'relay.parked');
  return 'parked';
}

function splitByBytes(rows: readonly OutboxRow[]): OutboxRow[][] {
  const calls: OutboxRow[][] = [];
  let bytes = maxCallBytes;
  for (const row of rows) {
    bytes += row.envelope.length;
    if (bytes > maxCallBytes) {
      calls.push([]);
      bytes = row.envelope.length;
    }
    calls.at(-1)!.push(row);
  }
  return calls;
}
