import { expect, test } from 'vitest';
import { runBench } from './support.ts';

test('every way of writing leaves one event for each write, and is timed', async () => {
  const size = ['--rounds', '1', '--seconds', '1', '--pairs', '10'];
  const { code, stdout, stderr } = await runBench('write', ...size, '--json');
  expect(code, stderr).toBe(0);
  const { bench, cases, ratios } = JSON.parse(stdout);
  expect(bench).toBe('write');
  const figures = { perSecond: expect.any(Number), cpuMicroseconds: expect.any(Number) };
  expect(cases).toEqual([
    { name: 'recorded', ...figures, aloneMs: expect.any(Number) },
    { name: 'byHand', ...figures, aloneMs: expect.any(Number) },
    { name: 'interactive', ...figures },
    { name: 'oneStatement', ...figures },
    { name: 'plainPg', ...figures },
  ]);
  expect(ratios).toEqual({
    recordOverByHand: expect.any(Number),
    oneStatementOverInteractive: expect.any(Number),
    plainPgOverOneStatement: expect.any(Number),
    eventsOverWrites: 1,
  });
});
