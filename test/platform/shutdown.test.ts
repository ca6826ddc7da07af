import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

const shutdown = new URL('../../src/platform/shutdown.ts', import.meta.url).href;

/** Runs a process that is told to stop once it works; gives its exit code. */
async function exitCodeOf(work: string, graceMs: number): Promise<unknown> {
  const program = `
    import { untilSignal } from ${JSON.stringify(shutdown)};
    process.exitCode = await untilSignal(${graceMs}, async (signal) => {
      const working = setTimeout(() => {}, 60_000);
      process.kill(process.pid, 'SIGTERM');
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      clearTimeout(working);
      ${work}
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
  const [code] = await once(child, 'close');
  return code;
}

test('work that ends in time has ended well, whatever timer it leaves behind', async () => {
  expect(await exitCodeOf('setTimeout(() => {}, 500);', 200)).toBe(0);
});

test('work that does not end is cut off', async () => {
  expect(await exitCodeOf('await new Promise((resolve) => setTimeout(resolve, 60_000));', 200)).toBe(1);
});
