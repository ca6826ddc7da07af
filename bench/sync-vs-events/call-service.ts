/** Calls a reaction's handler directly, where a runner would bring it the event. */
import type { Pool } from 'pg';
import type { AnyEventDefinition } from '../../src/events/catalogue.ts';
import type { EventOf } from '../../src/events/define-event.ts';
import { eventCause, type LogEvent } from '../../src/events/envelope.ts';
import { toEvent } from '../../src/log/read-streams.ts';
import { searchOutbox } from '../../src/outbox/read-outbox.ts';
import { type Outbox, record, recordBecause } from '../../src/outbox/transaction.ts';
import type { Logger } from '../../src/platform/logger.ts';
import type { Reaction } from '../../src/workers/reaction.ts';

export interface CallServiceOptions {
  readonly outbox: Outbox;
  readonly pool: Pool;
  readonly logger: Logger;
}

export function createCallService({ outbox, pool, logger }: CallServiceOptions) {
  return {
    /** The event with which a session began. */
    async readEvent(sessionId: string): Promise<LogEvent> {
      const all = { after: 0, upTo: Number.MAX_SAFE_INTEGER };
      const [row] = await searchOutbox(pool, { ...all, aggregateId: sessionId, limit: 1 });
      return toEvent(row!.position, row!.envelope);
    },

    /** Handles the event in a transaction of its own. */
    callService(reaction: Reaction, stored: LogEvent): Promise<void> {
      const event = stored as EventOf<AnyEventDefinition>;
      const common = { now: new Date(), signal: neverAborted, logger };
      return outbox.transaction(eventCause(event), (tx) =>
        reaction.kind === 'queue'
          ? reaction.handle(tx, event, {
              ...common,
              attempt: 1,
              record: (...events) => record(tx, ...events),
            })
          : reaction.handle(tx, [event], {
              ...common,
              record: (cause, ...events) => recordBecause(tx, eventCause(cause), ...events),
            }),
      );
    },
  };
}

const neverAborted = new AbortController().signal;
