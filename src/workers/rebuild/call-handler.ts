import type { AnyEventDefinition } from '../../events/catalogue.ts';
import type { EventOf } from '../../events/define-event.ts';
import type { LogEvent } from '../../events/envelope.ts';
import type { Tx } from '../../outbox/transaction.ts';
import { messageOf } from '../../platform/errors.ts';
import { readNewest } from '../read-newest.ts';
import type { Rebuild } from './rebuild.ts';
import { assertOwnWrites, countWrites } from './writes.ts';

/** Runs the handler in a transaction that is led to the copies. Throws when it has written to anything else. */
export async function callHandler(rebuild: Rebuild, tx: Tx, stored: readonly LogEvent[]): Promise<void> {
  const { reaction, places, clock, signal, logger } = rebuild;
  const events = stored.map((event) => readNewest(reaction.events, event) as EventOf<AnyEventDefinition>);
  const before = await countWrites(tx, places.copies);
  const context = { now: clock.now(), signal, logger, record: () => {}, rebuilding: true };
  await reaction.handle(tx, events, context).catch((cause) => {
    throw new RebuildFailedError(reaction.name, stored, cause);
  });
  assertOwnWrites(rebuild, before, await countWrites(tx, places.copies));
}

/** The handler threw. Nothing has changed but the copies; the rebuild can go on from where it was. */
export class RebuildFailedError extends Error {
  override readonly name = 'RebuildFailedError';

  constructor(processor: string, events: readonly LogEvent[], cause: unknown) {
    const { position, id } = events[0]!;
    const which =
      events.length === 1
        ? `event ${id} at position ${position}`
        : `${events.length} events from position ${position} to ${events.at(-1)!.position}`;
    const why = messageOf(cause).trim();
    super(`"${processor}" could not handle ${which}: ${why}`, { cause });
  }
}
