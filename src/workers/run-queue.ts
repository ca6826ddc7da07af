/** Runs a queue reaction: BullMQ brings each event, the inbox makes its effects happen once. */
import { createObjection, type QueueRunnerOptions } from './queue-service.ts';
import { lanesOf, type QueueReaction } from './reaction.ts';
import { runLanes } from './run-lanes.ts';
import { runUnordered } from './run-unordered.ts';
import type { Runner } from './runner.ts';
import { createStopping } from './stopping.ts';

export function runQueue(reaction: QueueReaction, options: QueueRunnerOptions): Runner {
  const stopping = createStopping(options.finishMs);
  const service = { reaction, options, stopping, objection: createObjection(reaction) };
  const workers = lanesOf(reaction) > 0 ? runLanes(service) : [runUnordered(service)];
  return {
    async stop() {
      stopping.stop();
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}
