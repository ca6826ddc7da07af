/** A role of Aorta as a real process, as a deployment runs it: for the demo, the tests and the benches. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { leash } from './leash.ts';

export type Role = 'api' | 'relay' | 'worker';

/** A line that the role logged. */
export interface LogLine {
  readonly msg: string;
  readonly level: number;
  readonly [field: string]: unknown;
}

export interface RoleExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RoleProcess extends AsyncDisposable {
  readonly role: Role;
  readonly pid: number;
  /** Everything logged so far, oldest first */
  readonly logs: readonly LogLine[];
  readonly exited: Promise<RoleExit>;
  /** The first line with this message that also fits `where`. Throws after the timeout, or when the role has exited. */
  waitForLog(
    msg: string,
    options?: { where?: (line: LogLine) => boolean; timeoutMs?: number },
  ): Promise<LogLine>;
  /** Sends a signal, SIGKILL by default; SIGSTOP and SIGCONT freeze and thaw it. */
  signal(signal?: NodeJS.Signals): void;
  /** Sends a signal, SIGKILL by default, and waits until the process is gone. */
  kill(signal?: NodeJS.Signals): Promise<RoleExit>;
  /** Asks it to drain and end. Throws when it has not ended after 20 s; it is killed then. */
  stop(): Promise<RoleExit>;
}

const main = fileURLToPath(new URL('../src/app/main.ts', import.meta.url));
const stopTimeoutMs = 20_000;

/**
 * Starts `npm start -- <role> <args>`. Disposal kills it, and so does the end of this process. Only what a program
 * needs to run is inherited from the environment, so that a variable of the machine decides nothing. `onLine` is told
 * of every line on its standard error, also of those that are no log lines.
 */
export function spawnRole(
  role: Role,
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  onLine: (line: string) => void = () => {},
): RoleProcess {
  const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
  const child = spawn(process.execPath, [main, role, ...args], {
    // no load balancer has to be told that the api stops
    env: { PATH, HOME, TMPDIR, PRESTOP_MS: '0', ...env },
    // a group of its own: Ctrl-C reaches this process only, which then stops its roles before their servers
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (child.pid === undefined) throw new Error(`the ${role} could not be started`);
  const held = leash(child.pid, 'SIGKILL');
  const logs: LogLine[] = [];
  const newestLines: string[] = [];
  const waiting = new Set<() => void>();
  const look = () => {
    for (const check of waiting) check();
  };
  createInterface({ input: child.stderr }).on('line', (line) => {
    newestLines.push(line);
    if (newestLines.length > 15) newestLines.shift();
    const parsed = parseLine(line);
    if (parsed) logs.push(parsed);
    onLine(line);
    look();
  });
  let exit: RoleExit | undefined;
  const exited = new Promise<RoleExit>((resolve) => {
    // `close` comes after the last line was read
    child.once('close', (code, signal) => {
      held.release();
      exit = { code, signal };
      resolve(exit);
      look();
    });
  });

  const kill = (signal: NodeJS.Signals = 'SIGKILL') => {
    child.kill(signal);
    return exited;
  };
  return {
    role,
    pid: child.pid,
    logs,
    exited,
    waitForLog(msg, { where = () => true, timeoutMs = 60_000 } = {}) {
      return new Promise((resolve, reject) => {
        const end = () => {
          clearTimeout(timer);
          waiting.delete(check);
        };
        const fail = (what: string) => {
          end();
          reject(new Error(`the ${role} ${what} "${msg}". It logged:\n${newestLines.join('\n')}`));
        };
        const check = () => {
          const line = logs.find((candidate) => candidate.msg === msg && where(candidate));
          if (line) {
            end();
            resolve(line);
          } else if (exit) fail(`ended (${exit.signal ?? exit.code}) before it logged`);
        };
        const timer = setTimeout(() => fail(`did not within ${timeoutMs} ms log`), timeoutMs);
        waiting.add(check);
        check();
      });
    },
    signal: (signal = 'SIGKILL') => void child.kill(signal),
    kill,
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
      const ended = await exited;
      clearTimeout(timer);
      if (ended.signal === 'SIGKILL') {
        throw new Error(
          `the ${role} had not stopped ${stopTimeoutMs} ms after SIGTERM:\n${newestLines.join('\n')}`,
        );
      }
      return ended;
    },
    async [Symbol.asyncDispose]() {
      await kill();
    },
  };
}

function parseLine(line: string): LogLine | undefined {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return undefined;
  }
}
