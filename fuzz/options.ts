/** What a run is asked to do. */
import { flag, readOptions, text, wholeNumber } from '../dev/command-line.ts';

export interface Options {
  readonly seed: number;
  /** How long strangers are at it */
  readonly seconds: number;
  /** Whether a slow honest query is a failure too */
  readonly checkTimes: boolean;
  readonly json: boolean;
}

/** Reads the command line; 'help' when it asks for that. Throws a UsageError. Without a seed it takes any. */
export function parseOptions(args: readonly string[]): Options | 'help' {
  const given = readOptions(args, { seed: text, seconds: text, 'check-times': flag, json: flag, help: flag });
  if (given.help) return 'help';
  return {
    seed: given.seed === undefined ? Math.floor(Math.random() * 1e6) : wholeNumber('seed', given.seed, 0),
    seconds: given.seconds === undefined ? 60 : wholeNumber('seconds', given.seconds, 1),
    checkTimes: given['check-times'] ?? false,
    json: given.json ?? false,
  };
}

export const usage = `Usage: npm run fuzz -- [options]

Sends the api what strangers may send: malformed, enormous, half-closed and slow frames, headers, bodies, documents,
tokens and cursors, over HTTP, Server-Sent Events and WebSocket, while honest clients query, write and subscribe beside
them. What makes the api fail is shrunk to the smallest case. Exit code 1 when the api ended, showed its insides, called a
client's mistake its own, harmed an honest client, or kept anything when all strangers were gone.

Options
  --seed N         of all that is sent (default: any)
  --seconds S      how long strangers are at it (default 60)
  --check-times    fail when the honest queries' p99 is above 250 ms, too: for a quiet machine
  --json           print one JSON object; everything else goes to standard error
  --help           show this
`;
