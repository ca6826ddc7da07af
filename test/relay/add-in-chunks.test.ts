import { expect, test } from 'vitest';
import { addInChunks } from '../../src/relay/add-in-chunks.ts';
import { noteCommit, streamsFirst } from '../../src/relay/stream-priority.ts';

const rows = Array.from({ length: 260 }, (_, n) => n);

test('every row is given once and in order, a few at a time, with two calls under way at most', async () => {
  const given: number[] = [];
  const sizes: number[] = [];
  let underWay = 0;
  let most = 0;
  await addInChunks(rows, async (chunk) => {
    given.push(...chunk);
    sizes.push(chunk.length);
    underWay += 1;
    most = Math.max(most, underWay);
    for (let round = 0; round < 4; round += 1) await new Promise(setImmediate);
    underWay -= 1;
  });
  expect(given).toEqual(rows);
  expect(sizes).toEqual([50, 50, 50, 50, 50, 10]);
  expect({ most, underWay }).toEqual({ most: 2, underWay: 0 });
});

test('after a call that fails no more is given, and what was under way has ended when the error is thrown', async () => {
  const calls: number[] = [];
  const second = Promise.withResolvers<void>();
  let ended = false;
  const adding = addInChunks(rows, async ([first]) => {
    calls.push(first!);
    if (first === 0) throw new Error('refused');
    await second.promise;
    ended = true;
  }).finally(() => expect(ended).toBe(calls.length > 1));
  setImmediate(() => setImmediate(second.resolve));
  await expect(adding).rejects.toThrow('refused');
  expect(calls.length).toBeLessThanOrEqual(2);
});

test('jobs are added although a turn of the streams does not end', async () => {
  const turn = Promise.withResolvers<void>();
  const streams = streamsFirst(() => turn.promise);
  noteCommit();
  let given = 0;
  await addInChunks(rows, async (chunk) => {
    given += chunk.length;
  });
  expect(given).toBe(rows.length);
  turn.resolve();
  await streams;
});
