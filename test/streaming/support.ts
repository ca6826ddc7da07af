/** How the streaming tests write, read back and react to events. */
import { randomUUIDv7 } from 'node:crypto';
import { watchStarted } from '../../src/domains/streaming/events.ts';
import type { NewEvent } from '../../src/events/define-event.ts';
import { type Envelope, type LogEvent, requestCause } from '../../src/events/envelope.ts';
import type { Quality, Video } from '../../src/generated/prisma/client.ts';
import { readOutbox } from '../../src/outbox/read-outbox.ts';
import { createOutbox, type Outbox } from '../../src/outbox/transaction.ts';
import { createLogger } from '../../src/platform/logger.ts';
import type { Database } from '../../src/platform/postgres.ts';
import { callHandler } from '../../src/workers/call-handler.ts';
import type { Reaction } from '../../src/workers/reaction.ts';

export const cause = requestCause('test', 'tester');
export const t0 = new Date('2026-03-01T12:00:00.000Z');
export const atSecond = (seconds: number) => new Date(t0.getTime() + seconds * 1_000);

export function openOutbox({ prisma, pool }: Database): Outbox {
  return createOutbox({ prisma, pool, nudge: () => {} });
}

/** Every recorded event, in the order of the log. */
export async function recordedEvents({ pool }: Database): Promise<Envelope[]> {
  const rows = await readOutbox(pool, { after: 0, upTo: Number.MAX_SAFE_INTEGER, limit: 10_000 });
  return rows.map((row) => JSON.parse(row.envelope) as Envelope);
}

export const typesOf = (events: readonly Envelope[]) => events.map((event) => event.type);

export const film = (id: string, genres: string[] = [], title = `Film ${id}`): Video => ({
  id,
  title,
  year: 1925,
  genres,
});

/** A new event as it comes back from the log. */
export function inLog(event: NewEvent, position: number): LogEvent {
  const { definition } = event;
  return {
    position,
    id: randomUUIDv7(),
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

export interface Watched {
  readonly userId: string;
  readonly videoId: string;
  readonly position: number;
  readonly genres?: string[];
  readonly quality?: Quality;
  readonly at?: Date;
  readonly sessionId?: string;
}

/** A session's start in the log. */
export function started(watched: Watched): LogEvent {
  const { userId, videoId, position, genres = [], quality = 'HD', at = t0 } = watched;
  const sessionId = watched.sessionId ?? randomUUIDv7();
  const payload = { sessionId, userId, videoId, quality, title: `Film ${videoId}`, genres };
  const event = { aggregateId: sessionId, aggregateVersion: 1, occurredAt: at, payload };
  return inLog(watchStarted.of(event), position);
}

/** Runs a reaction on the events as its runner does: a transaction per event for a queue, one for all for a processor. */
export async function react(
  outbox: Outbox,
  reaction: Reaction,
  events: readonly LogEvent[],
  now: Date = t0,
): Promise<void> {
  const context = { now, signal: new AbortController().signal, logger };
  const batches = reaction.kind === 'processor' ? [events] : events.map((event) => [event]);
  for (const batch of batches) {
    await outbox.transaction(cause, (tx) => callHandler(reaction, tx, batch as never, context));
    reaction.afterCommit?.(batch as never);
  }
}

const logger = createLogger('test', 'silent');
