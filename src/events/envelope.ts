/** An event as it is stored and sent: what happened, to which aggregate, and because of what. */
export interface Envelope<Payload = unknown> {
  /** UUID version 7 */
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly topic: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  /** Counts the aggregate's events from 1 */
  readonly aggregateVersion: number;
  /** ISO 8601 */
  readonly occurredAt: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly actor: string | null;
  /** How many causes lie between this event and a request; 0 for a request's own */
  readonly depth: number;
  /** The consumers between a request and this event, the first one in front; absent in what older code wrote */
  readonly via?: readonly string[];
  /** What the event can be looked up by, such as `user:42` */
  readonly keys: readonly string[];
  readonly payload: Payload;
}

/** An envelope with its place in the log. */
export interface LogEvent<Payload = unknown> extends Envelope<Payload> {
  readonly position: number;
}

/** Why something is being done: carried from a request, or from the event that is being handled, into what it records. */
export interface Cause {
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly actor: string | null;
  readonly depth: number;
  readonly via: readonly string[];
}

/** The cause of everything that a request records. */
export function requestCause(correlationId: string, actor: string | null = null): Cause {
  return { correlationId, causationId: null, actor, depth: 0, via: [] };
}

/** The cause of everything that this consumer records while it handles the event. */
export function eventCause(event: Envelope, consumer: string): Cause {
  return {
    correlationId: event.correlationId,
    causationId: event.id,
    actor: event.actor,
    depth: event.depth + 1,
    via: [...(event.via ?? []), consumer],
  };
}
