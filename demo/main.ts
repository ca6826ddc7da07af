/** npm run demo: the whole platform on this machine, with viewers, and a proof of what arrived. See --help. */

import { UsageError } from '../dev/command-line.ts';
import { allReactions } from '../src/app/modules.ts';
import { aborted } from '../src/platform/aborted.ts';
import { messageOf } from '../src/platform/errors.ts';
import { runBank } from './bank/run.ts';
import { formatBankSummary } from './bank/summary.ts';
import { type Options, parseOptions, usage } from './options.ts';
import { runDemo, services } from './run.ts';
import { createScreen, type Screen } from './screen.ts';
import { startStack } from './stack.ts';
import { type Story, tellStory } from './story.ts';
import { formatSummary } from './summary.ts';

class Interrupted extends Error {}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2), services);
  if (options === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  const screen = createScreen(options.json ? process.stderr : process.stdout);
  const stopping = new AbortController();
  const stop = () => {
    if (stopping.signal.aborted) process.exit(130); // the second time: what is left dies with this process
    screen.line('Stopping. Once more to stop at once.');
    stopping.abort(new Interrupted());
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    return await demo(options, screen, stopping.signal);
  } catch (error) {
    if (stopping.signal.aborted) return 130;
    throw error;
  }
}

/** Gives the exit code. */
async function demo(options: Options, screen: Screen, interrupted: AbortSignal): Promise<number> {
  // all of it is read and checked before anything is started
  const story = options.bank ? undefined : await tellStory(options);
  await using stack = await startStack({
    screen,
    // those of every domain: the playground is open to all of them, whoever is at work in front of it
    services: allReactions(() => {}).map(({ name }) => name),
    without: options.without,
    signal: interrupted,
  });
  const signal = AbortSignal.any([interrupted, stack.broken]);
  try {
    const { summary, table } = await run(story);
    screen.line();
    screen.line(table);
    const code = summary.ok ? 0 : 1;
    if (!summary.ok) tellWarnings();
    if (!options.exit) {
      screen.line();
      screen.line(`It stays up until Ctrl-C. Playground: ${stack.url}`);
    }
    if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
    if (!options.exit) await aborted(signal);
    if (stack.broken.aborted) throw stack.broken.reason;
    return code;
  } catch (error) {
    if (interrupted.aborted) throw error;
    tellWarnings();
    throw stack.broken.aborted ? stack.broken.reason : error;
  }

  async function run(viewing: Story | undefined) {
    if (viewing) {
      const summary = await runDemo({ options, story: viewing, stack, screen, signal });
      return { summary, table: formatSummary(summary) };
    }
    const summary = await runBank({ options, stack, screen, signal });
    return { summary, table: formatBankSummary(summary) };
  }

  function tellWarnings(): void {
    stack.keepLog();
    for (const line of stack.warnings) screen.line(`  ${line}`);
    screen.line(`All that the roles logged is in ${stack.logFile}`);
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`demo: ${messageOf(error)}\n`);
  if (error instanceof UsageError) process.stderr.write('Run "npm run demo -- --help" for what there is.\n');
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
