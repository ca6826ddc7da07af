/** A worker as production runs it, with other reactions: node worker-main.ts MODULE [NAME,NAME…] */
import { flushCompileCache } from 'node:module';
import { createPlatform } from '../../../src/app/platform.ts';
import { runWorker } from '../../../src/app/worker.ts';
import { readConfig } from '../../../src/platform/config.ts';
import { untilSignal } from '../../../src/platform/shutdown.ts';
import type { Reaction } from '../../../src/workers/reaction.ts';

const [module, only] = process.argv.slice(2);
const { reactions }: { reactions: readonly Reaction[] } = await import(module!);
const events = [
  ...new Map(reactions.flatMap((each) => each.events).map((event) => [event.type, event])).values(),
];
const platform = createPlatform([{ events, reactions: () => reactions }]);
flushCompileCache(); // the next process starts in half the time, however this one ends
const config = readConfig(process.env);
process.exitCode = await untilSignal(config.SHUTDOWN_MS, (signal) =>
  runWorker(config, only?.split(','), signal, platform),
);
