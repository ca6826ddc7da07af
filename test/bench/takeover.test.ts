import { expect, test } from 'vitest';
import { runBench } from './support.ts';

test('whichever way a leader goes, the next one publishes what is committed then', async () => {
  const { code, stdout, stderr } = await runBench('takeover', '--rounds', '1', '--json');
  // an event that is not published ends the bench with an error
  expect(code, stderr).toBe(0);
  const { bench, cases, ratios } = JSON.parse(stdout);
  expect(bench).toBe('takeover');
  const figures = { medianMs: expect.any(Number), slowestMs: expect.any(Number) };
  expect(cases).toEqual([
    { name: 'stopped', ...figures },
    { name: 'killed', ...figures },
    { name: 'hanging', ...figures },
    { name: 'half-open to PostgreSQL', ...figures },
  ]);
  expect(ratios).toEqual({
    slowestOverBudget: expect.any(Number),
    slowestStopOverBudget: expect.any(Number),
  });
});
