import type { NewEvent } from '../events/define-event.ts';
import type { Cause } from '../events/envelope.ts';
import type { Prisma } from '../generated/prisma/client.ts';

/** An open Prisma transaction. */
export type Tx = Prisma.TransactionClient;

/** An event that waits for the end of its transaction, and what it is recorded because of. */
export interface RecordedEvent {
  readonly cause: Cause;
  readonly event: NewEvent;
}
