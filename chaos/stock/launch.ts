import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { leash } from '../../dev/leash.ts';
import type { Launched } from '../instance.ts';

/** Runs a program of the recipe. It is ready with its line `listening`, and serves if that names a port. */
export function launchStock(script: URL, env: Readonly<Record<string, string>>): Launched {
  const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
  const child = spawn(process.execPath, [script.pathname], {
    env: { PATH, HOME, TMPDIR, NODE_ENV: 'production', ...env },
    detached: true, // Ctrl-C reaches this process only
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const held = leash(child.pid!, 'SIGKILL');
  const lines: string[] = [];
  const ready = Promise.withResolvers<string | undefined>();
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    if (lines.length > 5) lines.shift();
    const port = listeningPort(line);
    if (port !== undefined) ready.resolve(port === null ? undefined : `http://127.0.0.1:${port}/graphql`);
  });
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  void exited.then(() => {
    held.release();
    ready.reject(new Error(`${script.pathname} ended before it was ready:\n${lines.join('\n')}`));
  });
  return {
    ready: ready.promise,
    exited,
    signal: (signal) => void child.kill(signal),
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
    lastLines: () => lines,
  };
}

/** Null without a port, undefined when it is another line. */
function listeningPort(line: string): number | null | undefined {
  try {
    const { msg, port = null } = JSON.parse(line);
    return msg === 'listening' ? port : undefined;
  } catch {
    return undefined;
  }
}
