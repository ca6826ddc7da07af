/** npm run bench -- NAME: measures, and tells whether the figures are what they have to be. */
import { benches } from './benches.ts';
import { type Bench, missedFloors, UsageError } from './harness.ts';
import { readCommandLine } from './options.ts';
import { describeMiss, toJson, toTable } from './report.ts';

const usage = `Usage: npm run bench -- NAME [options]

Benches
${benches.map(({ name, about }) => `  ${name.padEnd(18)} ${about}`).join('\n')}

Options of every bench
  --json             print one JSON object instead of a table
  --check            end with code 1 when a ratio misses its floor
  --help             show this, or after NAME that bench's own options
`;

/** Gives the exit code. Results go to standard output; what is being done, and missed floors, to standard error. */
async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help') {
    process.stdout.write(usage);
    return 0;
  }
  const bench = benches.find((known) => known.name === name);
  if (!bench) {
    throw new UsageError(
      `there is no bench "${name}". Name one of: ${benches.map((known) => known.name).join(', ')}`,
    );
  }
  const { options, json, check, help } = readCommandLine(bench, args);
  if (help) {
    process.stdout.write(benchUsage(bench));
    return 0;
  }
  const progress = (message: string) => void process.stderr.write(`${bench.name}: ${message}\n`);
  const result = await bench.run({ options, progress });
  process.stdout.write(`${json ? toJson(bench, result) : toTable(bench, result)}\n`);
  const missed = check ? missedFloors(bench.floors, result.ratios) : [];
  for (const floor of missed) progress(describeMiss(floor, result.ratios));
  return missed.length > 0 ? 1 : 0;
}

function benchUsage({ name, about, options, floors }: Bench): string {
  const optionLines = Object.entries(options).map(([option, { value, about: meaning, fallback }]) => {
    const normally = fallback === undefined ? 'required' : `default ${fallback}`;
    return `  ${`--${option} ${value}`.padEnd(22)} ${meaning} (${normally})`;
  });
  const floorLines = floors.map((floor) => {
    const bound = 'atLeast' in floor ? `at least ${floor.atLeast}` : `at most ${floor.atMost}`;
    return `  ${floor.ratio} ${bound}: ${floor.because}`;
  });
  return `Usage: npm run bench -- ${name} [options]

${about}

Options, beside --json and --check
${optionLines.join('\n')}

Floors of --check
${floorLines.join('\n')}
`;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const expected = error instanceof UsageError;
  process.stderr.write(`bench: ${expected ? error.message : (error as Error).stack}\n`);
  if (expected) process.stderr.write('Run "npm run bench" for the benches there are.\n');
  process.exitCode = expected ? 2 : 1;
}
