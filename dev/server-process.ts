/** A server program as a child process that never outlives this one. */
import { spawn } from 'node:child_process';
import { leash } from './leash.ts';

export interface ServerProgram {
  /** For messages */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** In its output once it takes connections */
  readonly ready: string;
  /** In its output when the port is taken */
  readonly portTaken: string;
  /** The signal that ends it without clean-up of its own, for when this process dies hard */
  readonly endSignal: NodeJS.Signals;
  /** Removed when this process dies hard */
  readonly folder: string;
  /** The user to run as, when that is not the own one */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
}

export interface ServerProcess {
  readonly pid: number;
  /** Sends the signal and waits for nothing. */
  signal(signal: NodeJS.Signals): void;
  /** Sends the signal and waits until the process is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
}

export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
}

/** Settles when the server takes connections. Throws PortTakenError, or with its last lines of output. */
export async function startServerProcess(program: ServerProgram): Promise<ServerProcess> {
  // a group of its own: Ctrl-C reaches this process only, which then stops its servers last
  const child = spawn(program.command, program.args, {
    ...program.user,
    cwd: program.folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_MESSAGES: 'C' },
  });
  let output = '';
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const started = new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output = (output + chunk).slice(-4_000);
      if (output.includes(program.ready)) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('close', (code, signal) => reject(new Error(`it ended with ${signal ?? `code ${code}`}`)));
  });
  const held = child.pid === undefined ? undefined : leash(child.pid, program.endSignal, program.folder);
  if (held) void exited.then(held.release);
  try {
    await started;
  } catch (cause) {
    if (output.includes(program.portTaken))
      throw new PortTakenError(`${program.name}: port taken`, { cause });
    throw new Error(`${program.name} did not start: ${(cause as Error).message}\n${output}`, { cause });
  }
  const handles = [child, child.stdout, child.stderr] as unknown as { ref(): void; unref(): void }[];
  // a server must not keep a process alive that has nothing else to do
  for (const handle of handles) handle.unref();
  return {
    pid: child.pid!,
    signal: (signal) => void child.kill(signal),
    async end(signal) {
      for (const handle of handles) handle.ref();
      child.kill(signal);
      await exited;
    },
  };
}

/** Tries `start` on free ports until one was really free: another process can take it in between. */
export async function onFreePort<Server>(
  freePort: () => Promise<number>,
  start: (port: number) => Promise<Server>,
): Promise<Server> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === 10) throw error;
    }
  }
}
