/** What a program of the operators does about its settings, and about errors: told in a line, and by its exit code. */
import { ConfigError, readVariable as readFromEnvironment } from '../../platform/config.ts';
import { messageOf } from '../../platform/errors.ts';
import { redact } from '../../platform/secrets.ts';

/** The arguments are not right; the message says how they are. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Runs `npm run NAME`. Exit code 2 for wrong arguments, 1 for what failed. */
export async function runProgram(name: string, main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const misused =
      error instanceof UsageError ||
      error instanceof ConfigError ||
      String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
    tell(`${name}: ${messageOf(error)}`);
    if (misused) tell(`Run "npm run ${name} -- --help" for what there is.`);
    process.exitCode = misused ? 2 : 1;
  }
}

/** From the environment. Throws ConfigError. */
export const readVariable = (name: 'DATABASE_URL' | 'REDIS_URL' | 'LOG_NAME'): string =>
  readFromEnvironment(name);

/** A line that is no result. */
export const tell = (line: string) => void process.stderr.write(`${redact(line)}\n`);
