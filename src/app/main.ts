/** npm start -- api|relay|worker: runs one role of the platform, configured by environment variables. */
import './production.ts';
import { parseArgs } from 'node:util';
import { ConfigError, describeVariables, readConfig } from '../platform/config.ts';
import { messageOf } from '../platform/errors.ts';
import { stackOf } from '../platform/failures/text.ts';
import { ListenError } from '../platform/listen.ts';
import { createLogger } from '../platform/logger.ts';
import { untilSignal } from '../platform/shutdown.ts';
import { endWhenUnsound } from '../platform/unsound.ts';
import { DeclarationError } from '../workers/check-reactions.ts';
import { StoreError } from './check-stores.ts';

const usageOf = (consumers: readonly string[]) => `Usage: npm start -- ROLE [options]

Roles
  api      serves GraphQL, its subscriptions and the playground
  relay    publishes committed events to Redis; several may run, one leads
  worker   runs the reactions to events

Options
  --only a,b   worker: run only these consumers (${consumers.join(', ')})
  --help       show this

Environment
${describeVariables()}
`;

const roles = ['api', 'relay', 'worker'] as const;

async function main(): Promise<number> {
  // all that is declared is looked at before anything is opened, by every role alike
  const { allReactions } = await import('./modules.ts');
  const consumers = allReactions(() => {}).map(({ name }) => name);
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { only: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(usageOf(consumers));
    return 0;
  }
  const [name, ...more] = positionals;
  const role = roles.find((known) => known === name);
  if (!role || more.length > 0) throw new UsageError(`name one role: ${roles.join(', ')}`);
  if (values.only !== undefined && role !== 'worker') throw new UsageError('--only goes with worker');
  const only = values.only?.split(',').map((part) => part.trim());
  const unknown = only?.find((consumer) => !consumers.includes(consumer));
  if (unknown !== undefined) {
    throw new UsageError(`there is no consumer "${unknown}". Known are: ${consumers.join(', ')}`);
  }
  const config = readConfig(process.env);
  endWhenUnsound(createLogger(role, config.LOG_LEVEL));
  // imported by role, so that a relay does not load what only the api needs
  const { run } = await {
    api: () => import('./api.ts').then((api) => ({ run: api.runApi })),
    relay: () => import('./relay.ts').then((relay) => ({ run: relay.runRelay })),
    worker: () =>
      import('./worker.ts').then((worker) => ({
        run: (...[settings, signal]: Parameters<typeof import('./relay.ts').runRelay>) =>
          worker.runWorker(settings, only, signal),
      })),
  }[role]();
  return untilSignal(config.SHUTDOWN_MS, (signal) => run(config, signal));
}

class UsageError extends Error {}

try {
  process.exitCode = await main();
} catch (error) {
  const misused = error instanceof ConfigError || error instanceof UsageError || isParseError(error);
  const explained =
    misused || [StoreError, DeclarationError, ListenError].some((kind) => error instanceof kind);
  process.stderr.write(`${explained ? messageOf(error) : stackOf(error)}\n`);
  if (misused) process.stderr.write('Run "npm start -- --help" for what there is.\n');
  process.exitCode = misused ? 2 : 1;
}

function isParseError(error: unknown): boolean {
  return String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
}
