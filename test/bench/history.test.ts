import { expect, test } from 'vitest';
import { runBench } from './support.ts';

test('each contestant appends and reads the same, and what is read is checked', async () => {
  const size = ['--rounds', '1', '--seconds', '1', '--writers', '4', '--events', '1000'];
  const { code, stdout, stderr } = await runBench('history', ...size, '--json');
  expect(code, stderr).toBe(0);
  const { bench, cases, ratios } = JSON.parse(stdout);
  expect(bench).toBe('history');
  const appends = { perSecond: expect.any(Number), cpuMicroseconds: expect.any(Number) };
  const reads = { events: 1_050, ms: expect.any(Number) };
  expect(cases).toEqual([
    { name: 'aorta', ...appends },
    { name: 'emmett', ...appends },
    { name: 'plain insert', ...appends },
    { name: 'one account, one writer', ...appends },
    { name: 'one account, 32 writers', ...appends },
    { name: 'one account, 32 writers in 4 processes', ...appends },
    { name: 'load through a snapshot', ...reads },
    { name: 'load at an instant', ...reads },
    { name: 'replay', ...reads },
    { name: 'emmett aggregateStream', ...reads },
    { name: 'emmett readStream', ...reads },
  ]);
  expect(ratios).toEqual({
    appendsOverEmmett: expect.any(Number),
    plainOverAppends: expect.any(Number),
    replayOverSnapshot: expect.any(Number),
    instantOverLoad: expect.any(Number),
    emmettOverReplay: expect.any(Number),
    emmettOverSnapshot: expect.any(Number),
    hotOverOne: expect.any(Number),
    hotInProcessesOverOne: expect.any(Number),
    rowsOverAppends: 1,
  });
});
