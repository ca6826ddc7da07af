/** Aorta's worker role with the one reaction of the bench. Arguments: the work, how many events, and after which position. */
import { createPlatform } from '../../../src/app/platform.ts';
import { runWorker } from '../../../src/app/worker.ts';
import { readConfig } from '../../../src/platform/config.ts';
import { untilSignal } from '../../../src/platform/shutdown.ts';
import { aortaReaction } from '../aorta.ts';
import { createMeter } from '../meter.ts';
import { toWork } from '../work.ts';

const [work, events, startFrom] = process.argv.slice(2);
const config = readConfig(process.env);
const reaction = aortaReaction(toWork(work), Number(startFrom), createMeter(Number(events)));
process.exitCode = await untilSignal(config.SHUTDOWN_MS, (signal) =>
  runWorker(
    config,
    undefined,
    signal,
    createPlatform([{ events: reaction.events, reactions: () => [reaction] }]),
  ),
);
