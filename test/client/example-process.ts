/** A program of client/examples as a real process. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { leash } from '../../dev/leash.ts';

export interface ExampleProcess extends AsyncDisposable {
  /** The events it printed so far */
  readonly events: readonly { readonly id: string; readonly type: string; readonly cursor: string }[];
  /** What else it said */
  readonly said: readonly string[];
}

/** Starts `node client/examples/<name>.ts <args>`. Disposal kills it, and so does the end of this process. */
export function runExample(name: string, ...args: readonly string[]): ExampleProcess {
  const path = fileURLToPath(new URL(`../../client/examples/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const held = leash(child.pid!, 'SIGKILL');
  const events: ExampleProcess['events'][number][] = [];
  const said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => events.push(JSON.parse(line)));
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  const ended = new Promise<void>((resolve) => {
    child.once('close', (code, signal) => {
      held.release();
      said.push(`ended with ${signal ?? code}`);
      resolve();
    });
  });
  return {
    events,
    said,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
