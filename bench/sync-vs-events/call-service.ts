/** Calls a reaction's handler directly, where a runner would bring it the event. */
import type { Pool } from 'pg';
import { eventCause, type LogEvent } from '../../src/events/envelope.ts';
import { toEvent } from '../../src/log/read-streams.ts';
import { searchOutbox } from '../../src/outbox/read-outbox.ts';
import type { Outbox } from '../../src/outbox/transaction.ts';
import type { Logger } from '../../src/platform/logger.ts';
import { callHandler, type HandledEvent } from '../../src/workers/call-handler.ts';
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
      const event = stored as HandledEvent;
      return outbox.transaction(eventCause(event, reaction.name), (tx) =>
        callHandler(reaction, tx, [event], { signal: neverAborted, logger }),
      );
    },
  };
}

const neverAborted = new AbortController().signal;
