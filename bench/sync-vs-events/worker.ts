/** The production worker with work injected into every handler. Its argument: the consumers to run, with commas between. */
import { platform } from '../../src/app/modules.ts';
import { runWorker } from '../../src/app/worker.ts';
import { readConfig } from '../../src/platform/config.ts';
import { untilSignal } from '../../src/platform/shutdown.ts';
import { reactingServices, viewing, withWork } from './services.ts';

const config = readConfig(process.env);
const only = process.argv[2]?.split(',');
process.exitCode = await untilSignal(config.SHUTDOWN_MS, (signal) =>
  runWorker(config, only, signal, {
    ...platform,
    reactions: (changed) => [viewing, ...reactingServices(changed)].map(withWork),
  }),
);
