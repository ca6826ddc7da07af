/** Runs a stream processor: batches of the log in order, each in one transaction with the checkpoint it leads to. */
import { aborted } from '../platform/aborted.ts';
import { holdLease, type Lease } from '../platform/lease.ts';
import { startLoop } from '../platform/loop.ts';
import type { ProcessorRunnerOptions, ProcessorSlot } from './processor-slot.ts';
import { createProcessorTurns } from './processor-turns.ts';
import type { ProcessorReaction } from './reaction.ts';
import type { Runner } from './runner.ts';
import { createStopping, type Stopping } from './stopping.ts';
import { createStormGuard } from './storm-guard.ts';

/** Starts a reader per slot; each reads once it holds the slot's lease. */
export function runProcessor(reaction: ProcessorReaction, options: ProcessorRunnerOptions): Runner {
  const stopping = createStopping(options.finishMs);
  const slots = Array.from({ length: reaction.slots ?? 1 }, (_, slot) =>
    startSlot({ reaction, slot, options, guard: createStormGuard(reaction) }, stopping),
  );
  return {
    async stop() {
      stopping.stop();
      await Promise.all(slots.map((lease) => lease.stop()));
    },
  };
}

function startSlot(slot: ProcessorSlot, stopping: Stopping): Lease {
  const { databaseUrl, application, logger } = slot.options;
  const name = `processor:${slot.reaction.name}:${slot.slot}`;
  return holdLease({
    url: databaseUrl,
    name,
    application,
    logger,
    async whileHeld(signal) {
      const turns = createProcessorTurns(slot);
      const loop = startLoop({ name, logger, turn: (ending) => turns({ ending, cutOff: stopping.cutOff }) });
      await aborted(signal);
      await loop.stop();
    },
  });
}
