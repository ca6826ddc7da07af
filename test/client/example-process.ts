/** A program of client/examples as a real process. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../../dev/debian-program.ts';
import { leash } from '../../dev/leash.ts';

export interface ExampleProcess extends AsyncDisposable {
  /** The events it printed so far */
  readonly events: readonly { readonly id: string }[];
  /** What else it said */
  readonly said: readonly string[];
}

/** What runs a file that ends like this; it is installed where that is allowed. */
const interpreters: Readonly<Record<string, () => string>> = {
  '.ts': () => process.execPath,
  '.py': () => findProgram({ names: ['python3'], debianPackage: 'python3', advice: 'Python 3' }),
  '.sh': () => {
    findProgram({ names: ['curl'], debianPackage: 'curl', advice: 'curl' });
    return '/bin/sh';
  },
};

/** Runs client/examples/<file> with the arguments. Disposal kills it, and so does the end of this process. */
export function runExample(file: string, ...args: readonly string[]): ExampleProcess {
  const program = fileURLToPath(new URL(`../../client/examples/${file}`, import.meta.url));
  const interpreter = interpreters[path.extname(file)]!();
  // a group of its own: a shell's children end with it
  const child = spawn(interpreter, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const held = leash(child.pid!, 'SIGKILL');
  const events: { readonly id: string }[] = [];
  const said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => events.push(eventIn(line)));
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
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGKILL');
      await ended;
    },
  };
}

/** The event that a line tells of; curl's have the whole result. */
export function eventIn(line: string): { readonly id: string } {
  const told = JSON.parse(line);
  return told.data?.events ?? told;
}
