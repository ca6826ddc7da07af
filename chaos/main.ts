/** npm run chaos: faults by a seeded schedule, and a proof that nothing was lost, doubled or reordered. See --help. */
import '../src/app/production.ts';
import { runTool } from '../dev/command-line.ts';
import { parseOptions, usage } from './options.ts';
import type { Outcome } from './outcome.ts';
import { runChaos } from './run.ts';

/** Gives the exit code: 1 when anything was not as it should be. */
async function main(signal: AbortSignal): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  const out = options.json ? process.stderr : process.stdout;
  const say = (line: string) => void out.write(`${line}\n`);
  say(`seed ${options.seed}, ${options.seconds} s, against ${options.against}`);
  const { outcome, story } = await runChaos(options, say, signal);
  if (story !== undefined) say(`\n${story}\n`);
  say(describe(outcome));
  if (options.json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
  return isFaultless(outcome) ? 0 : 1;
}

const isFaultless = ({ lost, phantom, doubled, reordered, effectsNotOnce }: Outcome) =>
  [lost, phantom, doubled, reordered, effectsNotOnce].every((count) => count === 0);

function describe(outcome: Outcome): string {
  const { seed, seconds, faults, ...counts } = outcome;
  const told = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  return `seed ${seed}, ${seconds} s, ${faults.length} kinds of faults: ${told.join(', ')}`;
}

await runTool('chaos', main);
