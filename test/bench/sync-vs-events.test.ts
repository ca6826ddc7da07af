import { expect, test } from 'vitest';
import { runBench } from './support.ts';

test('with a service down every synchronous mutation fails and no event-driven one, and no event is lost or doubled', async () => {
  const size = ['--rounds', '1', '--viewers', '2', '--mutations', '8', '--sync-mutations', '2'];
  const { code, stdout, stderr } = await runBench('sync-vs-events', ...size, '--json');
  expect(code, stderr).toBe(0);
  const { bench, cases, ratios } = JSON.parse(stdout);
  expect(bench).toBe('sync-vs-events');
  expect(cases).toEqual([
    expect.objectContaining({ name: 'synchronous', mutations: 2, failedShare: 0 }),
    expect.objectContaining({ name: 'event-driven', mutations: 8, failedShare: 0 }),
    expect.objectContaining({
      name: 'synchronous, notifications down',
      mutations: 2,
      failedShare: 1,
      halfDone: 2,
    }),
    expect.objectContaining({ name: 'event-driven, notifications down', mutations: 8, failedShare: 0 }),
  ]);
  expect(cases[0].p50Ms).toBeGreaterThanOrEqual(2_100);
  expect(cases[3].waiting).toBeGreaterThanOrEqual(8);
  expect(ratios).toMatchObject({
    failuresWithAllServicesUp: 0,
    syncFailuresWithOneServiceDown: 1,
    eventFailuresWithOneServiceDown: 0,
    handledOverRecorded: 1,
  });
});
