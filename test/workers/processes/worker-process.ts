/** A worker process whose reactions are a module of this folder. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { leash } from '../../../dev/leash.ts';
import type { LogLine, RoleExit } from '../../support/role-process.ts';
import { until } from '../../support/until.ts';

export interface WorkerProcess extends AsyncDisposable {
  readonly pid: number;
  /** Everything logged so far, oldest first */
  readonly logs: readonly LogLine[];
  readonly exited: Promise<RoleExit>;
  readonly hasExited: boolean;
  /** The first line with this message. Throws when there is none after a minute, or when the process has exited. */
  waitForLog(msg: string): Promise<LogLine>;
  /** Sends a signal, and waits until the process is gone. */
  kill(signal: NodeJS.Signals): Promise<RoleExit>;
}

export const patient = 60_000; // ms; processes take their time to start on a busy machine

/**
 * Starts the reactions of `reactions/<name>.ts`, or of a module elsewhere, all or those named by `only`. Disposal kills
 * it, and so does the end of this process.
 */
export function spawnWorker(
  name: string | URL,
  env: Readonly<Record<string, string>>,
  only?: readonly string[],
): WorkerProcess {
  const [main, module] = ['worker-main.ts', name instanceof URL ? name : `reactions/${name}.ts`].map((file) =>
    fileURLToPath(new URL(file, import.meta.url)),
  );
  const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
  const child = spawn(process.execPath, [main!, module!, ...(only ? [only.join()] : [])], {
    env: { PATH, HOME, TMPDIR, ...env },
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const held = leash(child.pid!, 'SIGKILL');
  const logs: LogLine[] = [];
  const newestLines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    newestLines.push(line);
    if (newestLines.length > 15) newestLines.shift();
    if (line.startsWith('{')) logs.push(JSON.parse(line));
  });
  let exit: RoleExit | undefined;
  const exited = new Promise<RoleExit>((resolve) => {
    // `close` comes after the last line was read
    child.once('close', (code, signal) => {
      held.release();
      exit = { code, signal };
      resolve(exit);
    });
  });
  const kill = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return exited;
  };
  return {
    pid: child.pid!,
    logs,
    exited,
    get hasExited() {
      return exit !== undefined;
    },
    waitForLog: (msg) =>
      until(
        () => {
          const line = logs.find((candidate) => candidate.msg === msg);
          if (!line && exit)
            throw new Error(`it ended (${exit.signal ?? exit.code}) before it logged ${msg}`);
          return line;
        },
        {
          timeoutMs: patient,
          retryThrows: false,
          message: () => `worker ${name} logs ${msg}. It logged:\n${newestLines.join('\n')}`,
        },
      ),
    kill,
    async [Symbol.asyncDispose]() {
      await kill('SIGKILL');
    },
  };
}
