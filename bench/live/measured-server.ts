/** A server under measurement: a process of its own, with the probe loaded into it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { leash } from '../../dev/leash.ts';
import type { ProbeAnswer, ProbeQuestion } from './probe.ts';

export interface ServerProgram {
  readonly script: URL;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Told of every line on its standard error */
  readonly onLine?: (line: string) => void;
}

export interface MeasuredServer extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
  /** Settles when it has ended, however that came */
  readonly exited: Promise<void>;
  /** What it has used so far. Answered between two turns of its event loop. */
  usage(): Promise<ProbeAnswer>;
  /** The same after its garbage was collected. */
  settledUsage(): Promise<ProbeAnswer>;
  /** Sends a signal and waits for nothing, such as SIGTERM for a drain. */
  signal(signal: NodeJS.Signals): void;
  /** Ends it as a crash would, and waits until it is gone. Fine when it has ended already. */
  kill(): Promise<void>;
}

export const apiRole = new URL('../../src/app/main.ts', import.meta.url);
const probe = new URL('probe.ts', import.meta.url);

/**
 * Starts `node script args`. It is ready with the first log line (JSON, on standard error) that has a number as `port`;
 * throws with its last lines when it ends before. It never outlives this process.
 */
export async function startMeasuredServer({
  script,
  args = [],
  env,
  onLine = () => {},
}: ServerProgram): Promise<MeasuredServer> {
  const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
  const child = spawn(process.execPath, ['--expose-gc', '--import', probe.href, script.pathname, ...args], {
    // in production mode, as deployments run: graphql-js checks more in others
    env: { PATH, HOME, TMPDIR, NODE_ENV: 'production', PRESTOP_MS: '0', ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${script.pathname} could not be started`);
  const held = leash(pid, 'SIGKILL');
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  void exited.then(() => held.release());
  const port = await untilListening(child, script.pathname, exited, onLine);

  const ask = createProbe(child, exited);
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  return {
    pid,
    port,
    exited,
    usage: () => ask(false),
    settledUsage: () => ask(true),
    signal: (signal) => void child.kill(signal),
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

/** What a server of the bench writes when it listens. */
export function announce(port: number): void {
  process.stderr.write(`${JSON.stringify({ msg: 'listening', port })}\n`);
}

function untilListening(
  child: ChildProcess,
  name: string,
  exited: Promise<void>,
  onLine: (line: string) => void,
): Promise<number> {
  const newest: string[] = [];
  return new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stderr! }).on('line', (line) => {
      onLine(line);
      newest.push(line);
      if (newest.length > 15) newest.shift();
      const port = portIn(line);
      if (port !== undefined) resolve(port);
    });
    child.once('error', reject);
    void exited.then(() => reject(new Error(`${name} ended before it listened:\n${newest.join('\n')}`)));
  });
}

function portIn(line: string): number | undefined {
  try {
    const { port } = JSON.parse(line) as { port?: unknown };
    return typeof port === 'number' ? port : undefined;
  } catch {
    return undefined;
  }
}

function createProbe(child: ChildProcess, exited: Promise<void>) {
  let asked = 0;
  const open = new Map<number, (answer: ProbeAnswer) => void>();
  child.on('message', (answer: ProbeAnswer) => {
    open.get(answer.question)?.(answer);
    open.delete(answer.question);
  });
  return (settle: boolean): Promise<ProbeAnswer> =>
    new Promise((resolve, reject) => {
      asked += 1;
      const question: ProbeQuestion = { question: asked, settle };
      open.set(asked, resolve);
      void exited.then(() => reject(new Error('the server ended while it was measured')));
      child.send(question, (error) => error && reject(error));
    });
}
