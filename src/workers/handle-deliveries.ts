import { eventCause } from '../events/envelope.ts';
import type { Tx } from '../outbox/transaction.ts';
import { callHandler, type HandledEvent, noCause } from './call-handler.ts';
import type { Delivery, Outcome } from './delivery.ts';
import { NotBegunError, WaitError } from './errors.ts';
import { noteHandled } from './handle-once.ts';
import type { QueueRunnerOptions } from './queue-service.ts';
import type { QueueReaction } from './reaction.ts';
import { readNewest } from './read-newest.ts';
import type { RunnerOptions } from './runner.ts';
import { withinTime } from './within-time.ts';

/** The first event of a batch in a lane was handled by another: the lane may be its own by now, and the rest is not ours. */
export class OvertakenError extends Error {
  override readonly name = 'OvertakenError';
}

/**
 * Handles the events in one transaction with their inbox rows: all of those that are to be handled, or none. Gives what
 * became of each, by event id. Throws OvertakenError, and does nothing, when a lane was taken over, and
 * NotBegunError when the handler did not come to run.
 */
export async function handleDeliveries(
  reaction: QueueReaction,
  options: RunnerOptions & Pick<QueueRunnerOptions, 'owner'>,
  deliveries: readonly Delivery[],
  stopping: AbortSignal,
): Promise<ReadonlyMap<string, Outcome>> {
  const { outbox, metrics } = options;
  const { name: consumer } = reaction;
  // the newest code may be needed to read it: known before anything is done
  const events = new Map(
    deliveries.map(({ event }) => [event.id, readNewest(reaction.events, event) as HandledEvent]),
  );
  const cause = 'handleBatch' in reaction ? noCause : eventCause(deliveries[0]!.event, consumer);
  const endTimer = metrics.duration.startTimer({ consumer });
  let isBegun = false;
  const work = async (tx: Tx) => {
    const noted = await noteHandled(tx, reaction, deliveries);
    // lost with this database when it went back; or another's, who may have taken over just now
    if ([...noted.values()].includes('unknown') && (await options.owner?.looksOurs()) === false) {
      throw new WaitError('the event is of a database that owns the log in place of this one', othersMs);
    }
    const first = noted.get(deliveries[0]!.event.id)!;
    if (reaction.ordered && deliveries.length > 1 && wasOthers.includes(first)) {
      throw new OvertakenError(`another worker has handled event ${deliveries[0]!.event.id} of this lane`);
    }
    const fresh = [...events.values()]
      .filter(({ id }) => noted.get(id) === 'handled')
      .sort((one, other) => one.position - other.position); // what is redriven comes behind what is younger
    if (fresh.length > 0) {
      isBegun = true;
      const attempt = Math.max(...deliveries.map((delivery) => delivery.attempt));
      await withinTime(reaction.timeoutMs ?? 10_000, stopping, (signal) =>
        callHandler(reaction, tx, fresh, {
          signal,
          logger: options.logger,
          attempt,
          now: options.clock.now(),
        }),
      );
    }
    return noted;
  };
  const outcomes = await outbox.transaction(cause, work).catch((error) => {
    const isTold = isBegun || error instanceof WaitError || error instanceof OvertakenError;
    throw isTold ? error : new NotBegunError(error);
  });
  endTimer();
  const handled = [...events.values()].filter(({ id }) => outcomes.get(id) === 'handled');
  metrics.handled.inc({ consumer }, handled.length);
  metrics.skipped.inc(
    { consumer },
    [...outcomes.values()].filter((outcome) => outcome === 'skipped' || outcome === 'unknown').length,
  );
  if (handled.length > 0) reaction.afterCommit?.(handled);
  return outcomes;
}

const othersMs = 1_000;
const wasOthers: readonly Outcome[] = ['skipped', 'unknown', 'parked'];
