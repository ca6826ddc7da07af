import { expect, test } from 'vitest';
import { runBench } from './support.ts';

test('every worker leaves one row for each event that it was given, one by one, in batches and by key', async () => {
  const size = ['--rounds', '1', '--events', '240', '--batched', '800', '--ordered', '80'];
  const works = ['--part', 'queues', '--works', 'one-row,one-row-batches,by-key'];
  const { code, stdout, stderr } = await runBench('workers', ...works, ...size, '--json');
  // a worker that leaves an event out, or handles one twice, ends the bench with an error
  expect(code, stderr).toBe(0);
  const { bench, cases, ratios } = JSON.parse(stdout);
  expect(bench).toBe('workers');
  const drained = (name: string, events: number) =>
    expect.objectContaining({
      name,
      events,
      perSecond: expect.any(Number),
      cpuMicroseconds: expect.any(Number),
    });
  expect(cases).toEqual([
    drained('aorta, one-row', 240),
    drained('bullmq, one-row', 240),
    drained('bullmq + inbox, one-row', 240),
    drained('graphile-worker, one-row', 240),
    drained('pg-boss, one-row', 240),
    drained('aorta, one-row-batches', 800),
    drained('pg-boss, one-row-batches', 800),
    drained('aorta, by-key', 80),
  ]);
  expect(ratios).toEqual({
    sameTransactionOverBullmq: expect.any(Number),
    oneRowOverBullmq: expect.any(Number),
    oneRowOverGraphileWorker: expect.any(Number),
    oneRowOverPgBoss: expect.any(Number),
    batchesOverBullmq: expect.any(Number),
    batchesOverPgBossBatches: expect.any(Number),
    batchesOverOneByOne: expect.any(Number),
  });
});

test('seven services handle each event of a replay once, and it is told what each has used', async () => {
  const { code, stdout, stderr } = await runBench(
    ...['workers', '--part', 'streaming', '--viewings', '20', '--json'],
  );
  expect(code, stderr).toBe(0);
  const { cases, ratios } = JSON.parse(stdout);
  const others = ['viewers (this bench)', 'redis', 'postgres'];
  const parts = ['everything', 'viewing (api)', 'relay', 'worker', ...others];
  expect(cases.map(({ name }: { name: string }) => name)).toEqual(parts.map((part) => `streaming, ${part}`));
  // of 20 viewings 2 come before the clock starts, and each of the others begins and ends
  expect(cases[0].events).toBeGreaterThanOrEqual(36);
  expect(cases.every(({ cpuMicroseconds }: { cpuMicroseconds: number }) => cpuMicroseconds >= 0)).toBe(true);
  expect(ratios).toEqual({ watchEventsOverLeast: expect.any(Number), handledOverRecorded: 1 });
});
