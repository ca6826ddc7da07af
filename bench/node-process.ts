/** A program of ours as a process of its own, as a deployment runs it. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { leash } from '../dev/leash.ts';

export interface NodeProgram {
  readonly script: URL;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The message of the log line with which it is ready */
  readonly ready: string;
}

export interface NodeProcess extends AsyncDisposable {
  /** The fields of its `ready` line */
  readonly started: Readonly<Record<string, unknown>>;
  /** Ends it as a crash would, and waits until it is gone. Fine when it has ended already. */
  kill(): Promise<void>;
}

/** Settles when it is ready; throws with its last lines when it ends before. It never outlives this process. */
export async function startNode({ script, args = [], env, ready }: NodeProgram): Promise<NodeProcess> {
  const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
  const child = spawn(process.execPath, [script.pathname, ...args], {
    env: { PATH, HOME, TMPDIR, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const held = child.pid === undefined ? undefined : leash(child.pid, 'SIGKILL');
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  void exited.then(() => held?.release());

  const newest: string[] = [];
  const started = await new Promise<NodeProcess['started']>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      newest.push(line);
      if (newest.length > 15) newest.shift();
      const fields = parseLine(line);
      if (fields?.msg === ready) resolve(fields);
    });
    child.once('error', reject);
    void exited.then(() =>
      reject(new Error(`${script.pathname} ended before it logged "${ready}":\n${newest.join('\n')}`)),
    );
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  return { started, kill, [Symbol.asyncDispose]: kill };
}

function parseLine(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
