/** npm run fuzz: strangers at the front door, and honest clients whom they must not harm. See --help. */
import '../src/app/production.ts';
import { messageOf } from '../src/platform/errors.ts';
import { parseOptions, UsageError, usage } from './options.ts';
import { describe, failuresOf } from './report.ts';
import { runFuzz } from './run.ts';

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
    stopping.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  say(`seed ${options.seed}, ${options.seconds} s`);
  try {
    const report = await runFuzz(options, say, stopping.signal);
    const failures = failuresOf(report, options);
    for (const failure of failures) say(failure);
    say(describe(report));
    if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    return failures.length === 0 ? 0 : 1;
  } catch (error) {
    if (stopping.signal.aborted) return 130;
    throw error;
  }
}

let code: number;
try {
  code = await main();
} catch (error) {
  const misused = error instanceof UsageError;
  process.stderr.write(`fuzz: ${misused ? messageOf(error) : (error as Error).stack}\n`);
  if (misused) process.stderr.write('Run "npm run fuzz -- --help" for what there is.\n');
  code = misused ? 2 : 1;
}
// Node 26 never ends by itself once a connection was reset while its end was on the way, as strangers do
process.exit(code);
