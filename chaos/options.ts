/** What a run is asked to do. */
import { flag, readOptions, text, UsageError, wholeNumber } from '../dev/command-line.ts';
import { type FaultName, faultNames, faults } from './faults.ts';

export interface Options {
  readonly seed: number;
  /** How long writers write and faults happen */
  readonly seconds: number;
  readonly faults: readonly FaultName[];
  readonly against: 'aorta' | 'stock';
  readonly json: boolean;
}

/** Reads the command line; 'help' when it asks for that. Throws a UsageError. Without a seed it takes any. */
export function parseOptions(args: readonly string[]): Options | 'help' {
  const given = readOptions(args, {
    seed: text,
    seconds: text,
    faults: text,
    against: text,
    json: flag,
    help: flag,
  });
  if (given.help) return 'help';
  const against = given.against ?? 'aorta';
  if (against !== 'aorta' && against !== 'stock')
    throw new UsageError(`--against "${against}": it must be aorta or stock`);
  return {
    seed: given.seed === undefined ? Math.floor(Math.random() * 1e6) : wholeNumber('seed', given.seed, 0),
    seconds: given.seconds === undefined ? 60 : wholeNumber('seconds', given.seconds, 1),
    faults: given.faults === undefined ? faultNames : readFaults(given.faults),
    against,
    json: given.json ?? false,
  };
}

/** Names of faults, or of what they begin with, such as `redis`; `none` is no fault at all. */
function readFaults(text: string): readonly FaultName[] {
  if (text === 'none') return [];
  const asked = text.split(',').map((name) => name.trim());
  const fits = (name: string) => (fault: string) => fault === name || fault.startsWith(`${name}-`);
  const unknown = asked.find((name) => !faultNames.some(fits(name)));
  if (unknown !== undefined) {
    throw new UsageError(
      `--faults "${unknown}": there is no such fault. There are: ${faultNames.join(', ')}`,
    );
  }
  return faultNames.filter((fault) => asked.some((name) => fits(name)(fault)));
}

export const usage = `Usage: npm run chaos -- [options]

Runs PostgreSQL, Redis, two of each role, writers and clients, lets faults happen to them by a seeded schedule, and
compares what was committed with what every client saw and with what every service did. Exit code 1 when anything was
lost, doubled, reordered or made up, or when an effect did not happen exactly once.

Options
  --seed N         of the schedule and of the writers (default: any)
  --seconds S      how long writers write and faults happen (default 60)
  --faults a,b     only these, or those that begin so (redis: every fault of Redis); none: no fault (default: all)
  --against stock  the same schedule for the usual recipe of graphql-yoga, graphql-ws and graphql-redis-subscriptions
  --json           print one JSON object; everything else goes to standard error
  --help           show this

Faults
${faultNames.map((name) => `  ${name.padEnd(18)} ${faults[name].about}`).join('\n')}
`;
