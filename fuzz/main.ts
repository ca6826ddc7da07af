/** npm run fuzz: strangers at the front door, and honest clients whom they must not harm. See --help. */
import '../src/app/production.ts';
import { runTool } from '../dev/command-line.ts';
import { parseOptions, usage } from './options.ts';
import { describe, failuresOf } from './report.ts';
import { runFuzz } from './run.ts';

/** Gives the exit code: 1 when anything was not as it should be. */
async function main(signal: AbortSignal): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  const out = options.json ? process.stderr : process.stdout;
  const say = (line: string) => void out.write(`${line}\n`);
  say(`seed ${options.seed}, ${options.seconds} s`);
  const report = await runFuzz(options, say, signal);
  const failures = failuresOf(report, options);
  for (const failure of failures) say(failure);
  say(describe(report));
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  return failures.length === 0 ? 0 : 1;
}

await runTool('fuzz', main);
