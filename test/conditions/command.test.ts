/** The command `npm run conditions`, whose conditions are run by themselves. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { conditions } from '../../conditions/all.ts';
import { runCondition } from '../../conditions/run.ts';
import { redisWith } from '../../conditions/servers.ts';

const main = fileURLToPath(new URL('../../conditions/main.ts', import.meta.url));

const run = (...args: string[]) =>
  new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [main, ...args], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });

test('it names every condition, once', async () => {
  const { code, stdout } = await run('--list');
  const names = stdout.trim().split('\n');
  expect({ code, names }).toEqual({ code: 0, names: conditions.map(({ name }) => name) });
  expect(new Set(names).size).toBe(names.length);
});

test('a mistake in the command line ends with code 2 and one line', async () => {
  const { code, stderr } = await run('--only', 'the moon');
  expect(stderr).toContain('--only "the moon": no condition has that in its name');
  expect(stderr).not.toContain('    at ');
  expect(code).toBe(2);
});

test('what is not as it should be is told: a role that starts, and a job that cannot be done', async () => {
  const options = { seconds: 0, seed: 1, signal: new AbortController().signal };
  const nothing = 'postgresql://postgres:postgres@127.0.0.1:1/postgres';
  const prepare = async (setup: AsyncDisposableStack) => ({
    env: { DATABASE_URL: nothing, REDIS_URL: (await redisWith(setup)).url },
    truthUrl: nothing,
  });
  const refused = await runCondition({ name: 'nothing', right: /a line of other words/, prepare }, options);
  expect(refused).toMatchObject({ isRight: false, expected: 'refused' });
  expect(refused.wrongs).toEqual(
    ['api', 'relay', 'worker'].map((role) =>
      expect.stringContaining(`the ${role} ended with 1: The server of DATABASE_URL`),
    ),
  );
  const undone = await runCondition({ name: 'nothing', right: 'works', prepare }, options);
  expect(undone).toMatchObject({
    isRight: false,
    wrongs: [expect.stringContaining('migrate.ts ended with 1')],
  });
});
