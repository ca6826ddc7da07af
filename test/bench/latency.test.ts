import { expect, test } from 'vitest';
import { runBench } from './support.ts';

test('every event reaches the client, also beside a backlog', async () => {
  const size = ['--seconds', '1', '--rate', '20', '--backlog', '30000'];
  const { code, stdout, stderr } = await runBench('latency', ...size, '--json');
  // an event that does not arrive ends the bench with an error
  expect(code, stderr).toBe(0);
  const { bench, cases, ratios } = JSON.parse(stdout);
  expect(bench).toBe('latency');
  const figures = {
    p50Ms: expect.any(Number),
    p99Ms: expect.any(Number),
    commitP50Ms: expect.any(Number),
    roundTripP50Ms: expect.any(Number),
  };
  expect(cases).toEqual([
    { name: 'idle', ...figures },
    { name: 'beside a backlog', ...figures },
    { name: 'idle again', ...figures },
  ]);
  expect(ratios).toEqual({
    p50OverCommitAndRoundTrip: expect.any(Number),
    backlogP99OverIdle: expect.any(Number),
    backlogLeftOverMeasured: expect.any(Number),
  });
});
