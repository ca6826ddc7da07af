import { expect, test } from 'vitest';
import { runBench } from './support.ts';

test('every relay and every part of one moves the events that it was given', async () => {
  const size = ['--rounds', '1', '--events', '3000', '--jobs', '1200'];
  const rivals = ['--rival-jobs', '600', '--naive-events', '150'];
  const { code, stdout, stderr } = await runBench('relay', ...size, ...rivals, '--json');
  expect(code, stderr).toBe(0);
  const { bench, cases, ratios } = JSON.parse(stdout);
  expect(bench).toBe('relay');
  const moved = (name: string, events: number) => ({
    name,
    events,
    perSecond: expect.any(Number),
    cpuMicroseconds: expect.any(Number),
  });
  expect(cases).toEqual([
    moved('batched SELECT alone', 3_000),
    moved('ours to streams', 3_000),
    moved('Lua call alone', 3_000),
    moved('pipeline of XADDs alone', 3_000),
    moved('naive', 150),
    moved('pg-transactional-outbox', 150),
    moved('addBulk alone', 1_200),
    moved('ours to queues', 1_200),
    moved('graphile-worker', 600),
    moved('pg-boss', 600),
  ]);
  expect(ratios).toEqual({
    streamsOverSelect: expect.any(Number),
    streamsOverNaive: expect.any(Number),
    queuesOverAddBulk: expect.any(Number),
    streamsOverPgTransactionalOutbox: expect.any(Number),
    queuesOverGraphileWorker: expect.any(Number),
    queuesOverPgBoss: expect.any(Number),
    luaOverPipeline: expect.any(Number),
  });
});
