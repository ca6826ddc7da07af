/** The command lines of our own tools: how they are read, how a mistake is told, and how Ctrl-C ends them. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { messageOf } from '../src/platform/errors.ts';

/** A mistake in the command line, told in one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const text = { type: 'string' } as const;
export const flag = { type: 'boolean' } as const;

/** The options that were given. Throws a UsageError for what is none of them. */
export function readOptions<const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error });
  }
}

/** Throws a UsageError unless it is one within the bounds. */
export function wholeNumber(name: string, given: string, least: number, most = 2 ** 31 - 1): number {
  if (/^\d{1,10}$/.test(given) && Number(given) >= least && Number(given) <= most) return Number(given);
  throw new UsageError(`--${name} is "${given}": it must be a whole number from ${least} to ${most}`);
}

/**
 * Runs a tool to its end, and ends the process with the code that it gives: 2 after a mistake in the command line, 130 after
 * Ctrl-C, of which the signal tells. A second Ctrl-C ends it at once; what is left dies with this process.
 */
export async function runTool(name: string, main: (signal: AbortSignal) => Promise<number>): Promise<never> {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(130);
      stopping.abort();
    });
  }
  const code = await main(stopping.signal).catch((error) => {
    if (stopping.signal.aborted) return 130;
    const misused = error instanceof UsageError;
    process.stderr.write(`${name}: ${misused ? error.message : (error as Error).stack}\n`);
    if (misused) process.stderr.write(`Run "npm run ${name} -- --help" for what there is.\n`);
    return misused ? 2 : 1;
  });
  // Node 26 never ends by itself once a connection was reset while its end was on the way
  return process.exit(code);
}
