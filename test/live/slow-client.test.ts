import { expect, test } from 'vitest';
import { apiRole, startMeasuredServer } from '../../bench/live/measured-server.ts';
import { judge } from '../../bench/resume/verdict.ts';
import { readHeapBytes } from '../../bench/slow/heap.ts';
import { writeNumberedEvents } from '../../bench/slow/numbered-events.ts';
import { openReader, type Reader } from '../../bench/slow/reader.ts';
import { until } from '../support/until.ts';
import { createWorld } from '../support/world.ts';

const mebibyte = 1_048_576;
const payloadBytes = 2_000;
const before = 1_000; // events that both clients read
const total = 26_000;
const batch = 1_000;
const timeoutMs = 90_000;

test('a client that stops reading costs the server no memory, holds nobody up, and gets every event in order when it reads on', async () => {
  await using world = await createWorld();
  await using api = await startMeasuredServer({ script: apiRole, args: ['api'], env: world.env });
  // Redis keeps a part of what the client misses: it reads the rest from PostgreSQL
  const relay = world.spawn('relay', { env: { STREAM_MAX_LENGTH: '20000' } });
  await relay.waitForLog('lease.taken');
  const url = `${world.apiUrl.replace('http', 'ws')}/graphql`;
  using slow = await openReader(url);
  using other = await openReader(url);
  const write = async (first: number, last: number) => {
    for (let next = first; next <= last; next += batch)
      await writeNumberedEvents(world.database.pool, { first: next, count: batch, payloadBytes });
  };
  const untilHas = (reader: Reader, last: number) =>
    until(() => reader.numbers.length >= last, {
      timeoutMs,
      message: () => `event ${last} arrives; so far ${reader.numbers.length}, ended: ${reader.ended}`,
    });

  await write(1, before);
  await Promise.all([untilHas(slow, before), untilHas(other, before)]);
  const bytesBefore = other.bytes;
  slow.stopReading();
  await write(before + 1, total);
  await untilHas(other, total);
  expect(slow.numbers).toHaveLength(before);
  // far more than the buffers of the system take
  expect((other.bytes - bytesBefore) / mebibyte).toBeGreaterThan(40);
  const whileStopped = await readHeapBytes(api);

  slow.readOn();
  await untilHas(slow, total);
  // nothing was written meanwhile: what is held for everybody, such as the newest events, is the same
  const heldForIt = whileStopped - (await readHeapBytes(api));
  expect(heldForIt / mebibyte).toBeLessThan(20);
  const all = Array.from({ length: total }, (_, index) => index + 1);
  for (const { numbers, ended } of [slow, other]) {
    expect(judge(all, numbers)).toEqual({ lost: 0, doubled: 0, reordered: 0 });
    expect(ended).toBeUndefined();
  }
});
