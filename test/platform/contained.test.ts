import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { containTo } from '../../src/platform/contained.ts';
import { createLogger, type Logger } from '../../src/platform/logger.ts';

test('what callbacks throw, or reject with, ends what they belong to once, and is logged once with its stack', async () => {
  const lines: { readonly what: string; readonly error: string }[] = [];
  const ended: unknown[] = [];
  const { wrap, fail } = containTo('socket', keeping(lines), (error) => ended.push(error));
  const [thrown, rejected] = [new Error('thrown'), new Error('rejected')];
  const seen: unknown[] = [];
  wrap((...args: unknown[]) => seen.push(...args))(1, 'two');
  expect(seen).toEqual([1, 'two']);
  expect(ended).toEqual([]);

  wrap(() => {
    throw thrown;
  })();
  wrap(async () => {
    throw rejected;
  })();
  fail(new Error('another'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(ended).toEqual([thrown]);
  expect(lines).toEqual([{ what: 'socket', error: expect.stringContaining('contained.test.ts') }]);
});

test('an end that throws itself is logged, and thrown to nobody', () => {
  const lines: { readonly what: string; readonly error: string }[] = [];
  const { fail } = containTo('socket', keeping(lines), () => {
    throw new Error('no end');
  });
  fail(new Error('first'));
  expect(lines.map(({ error }) => error.split('\n', 1)[0])).toEqual(['Error: first', 'Error: no end']);
});

test.each([
  ['an exception that nobody catches', "setTimeout(() => { throw new Error('lost') })", 'uncaught exception'],
  ['a rejection that nobody looks at', "Promise.reject(new Error('lost'))", 'unhandled rejection'],
])('%s ends the process with code 1 and one line that has its stack', async (_what, fault, kind) => {
  const at = (file: string) => JSON.stringify(String(pathToFileURL(`src/platform/${file}.ts`)));
  const program = `
    import { createLogger } from ${at('logger')};
    import { endWhenUnsound } from ${at('unsound')};
    endWhenUnsound(createLogger('test', 'info'));
    setInterval(() => {}, 1_000);
    ${fault};`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [written, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  const lines = written
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([{ level: 60, msg: 'process.unsound', kind }]);
  expect(lines[0].error).toMatch(/Error: lost\n\s+at /);
  expect(code).toBe(1);
});

/** A logger whose errors are kept. */
function keeping(lines: unknown[]): Logger {
  const logger = createLogger('test', 'silent');
  return Object.assign(Object.create(logger), { error: (line: unknown) => lines.push(line) });
}
