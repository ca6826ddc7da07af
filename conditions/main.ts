/** npm run conditions: the platform on other people's servers. See --help. */
import '../src/app/production.ts';
import { runTool, UsageError } from '../dev/command-line.ts';
import { conditions } from './all.ts';
import type { Condition } from './condition.ts';
import { type Options, parseOptions, usage } from './options.ts';
import { runCondition, type Verdict } from './run.ts';

const smallSeconds = 2;
const fullSeconds = 60;

async function main(signal: AbortSignal): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  const chosen = choose(options);
  if (options.list) {
    process.stdout.write(`${chosen.map(({ name }) => name).join('\n')}\n`);
    return 0;
  }
  const wrong = await runAll(chosen, options, signal);
  if (signal.aborted) return 130;
  if (!options.json) {
    const right = chosen.length - wrong;
    process.stdout.write(`\n${right} of ${chosen.length} conditions are right\n`);
  }
  return options.check && wrong > 0 ? 1 : 0;
}

function choose({ only }: Options): readonly Condition[] {
  const fits = (part: string) => (name: string) => name.toLowerCase().includes(part.toLowerCase());
  const unknown = only?.find((part) => !conditions.some(({ name }) => fits(part)(name)));
  if (unknown !== undefined) throw new UsageError(`--only "${unknown}": no condition has that in its name`);
  return only ? conditions.filter(({ name }) => only.some((part) => fits(part)(name))) : conditions;
}

/** Gives how many were not right. */
async function runAll(chosen: readonly Condition[], options: Options, signal: AbortSignal): Promise<number> {
  const { full, atOnce } = options;
  const left = [...chosen.entries()];
  let wrong = 0;
  const work = async () => {
    for (let next = left.shift(); next && !signal.aborted; next = left.shift()) {
      const [seed, condition] = next;
      const seconds = full ? fullSeconds : smallSeconds;
      const verdict = await runCondition(condition, { seconds, seed, signal });
      if (signal.aborted) return;
      if (!verdict.isRight) wrong += 1;
      tell(verdict, options);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return wrong;
}

const mostTold = 5;

function tell(verdict: Verdict, { json }: Options): void {
  if (json) return void process.stdout.write(`${JSON.stringify(verdict)}\n`);
  const { condition, expected, isRight, events, wrongs, seconds } = verdict;
  const cells = [isRight ? 'right' : 'WRONG', condition.padEnd(58), expected.padEnd(8)];
  const counted = events > 0 ? `${events} events`.padStart(12) : ''.padStart(12);
  process.stdout.write(`${[...cells, counted, `${seconds.toFixed(1)} s`.padStart(8)].join('  ')}\n`);
  for (const line of wrongs.slice(0, mostTold)) process.stdout.write(`       ${line}\n`);
  if (wrongs.length > mostTold) process.stdout.write(`       and ${wrongs.length - mostTold} more\n`);
}

await runTool('conditions', main);
