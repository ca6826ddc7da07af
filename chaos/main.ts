/** npm run chaos: faults by a seeded schedule, and a proof that nothing was lost, doubled or reordered. See --help. */
import '../src/app/production.ts';
import { messageOf } from '../src/platform/errors.ts';
import { parseOptions, UsageError, usage } from './options.ts';
import type { Outcome } from './outcome.ts';
import { runChaos } from './run.ts';

class Interrupted extends Error {}

/** Gives the exit code: 1 when anything was not as it should be. */
async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  const out = options.json ? process.stderr : process.stdout;
  const say = (line: string) => void out.write(`${line}\n`);
  const stopping = new AbortController();
  const stop = () => {
    if (stopping.signal.aborted) process.exit(130); // the second time: what is left dies with this process
    stopping.abort(new Interrupted());
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  say(`seed ${options.seed}, ${options.seconds} s, against ${options.against}`);
  try {
    const { outcome, story } = await runChaos(options, say, stopping.signal);
    if (story !== undefined) say(`\n${story}\n`);
    say(describe(outcome));
    if (options.json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
    return isFaultless(outcome) ? 0 : 1;
  } catch (error) {
    if (stopping.signal.aborted) return 130;
    throw error;
  }
}

const isFaultless = ({ lost, phantom, doubled, reordered, effectsNotOnce }: Outcome) =>
  [lost, phantom, doubled, reordered, effectsNotOnce].every((count) => count === 0);

function describe(outcome: Outcome): string {
  const { seed, seconds, faults, ...counts } = outcome;
  const told = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  return `seed ${seed}, ${seconds} s, ${faults.length} kinds of faults: ${told.join(', ')}`;
}

let code: number;
try {
  code = await main();
} catch (error) {
  const misused = error instanceof UsageError;
  process.stderr.write(`chaos: ${misused ? messageOf(error) : (error as Error).stack}\n`);
  if (misused) process.stderr.write('Run "npm run chaos -- --help" for what there is.\n');
  code = misused ? 2 : 1;
}
// Node 26 never ends by itself once a connection was reset while its end was on the way, as faults do
process.exit(code);
