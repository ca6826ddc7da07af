import { expect, test } from 'vitest';
import { runBench } from './support.ts';

test('every user gets the events that are theirs and no other, on both sides', async () => {
  const subscribers = ['--few', '3', '--many', '30', '--stock-many', '10'];
  const size = [...subscribers, '--rounds', '1', '--events', '60', '--rate', '60'];
  const { code, stdout, stderr } = await runBench('selective', ...size, '--json');
  // a user who gets another number of events than were theirs ends the bench with an error
  expect(code, stderr).toBe(0);
  const { bench, cases, ratios } = JSON.parse(stdout);
  expect(bench).toBe('selective');
  const figures = {
    cpuMsPerEvent: expect.any(Number),
    idleCpuShare: expect.any(Number),
    p50Ms: expect.any(Number),
    p99Ms: expect.any(Number),
  };
  expect(cases).toEqual([
    { name: 'aorta 3', subscribers: 3, ...figures },
    { name: 'aorta 30', subscribers: 30, ...figures },
    { name: 'stock 3', subscribers: 3, ...figures },
    { name: 'stock 10', subscribers: 10, ...figures },
  ]);
  expect(ratios).toEqual({
    cpuPerEvent30Over3: expect.any(Number),
    stockCpuPerEvent10Over3: expect.any(Number),
  });
});
