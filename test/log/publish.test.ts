import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RedisServer, startRedis } from '../../dev/redis.ts';
import { type LogKeys, logKeys } from '../../src/log/keys.ts';
import {
  type Batch,
  beginIncarnation,
  type LogState,
  publishBatch,
  readLogState,
} from '../../src/log/publish.ts';
import { readStreams } from '../../src/log/read-streams.ts';
import { waitForThrough } from '../../src/log/wait.ts';

const topics = ['busy', 'calm'];
const plenty = 1_000_000;
let server: RedisServer;
let redis: Redis;
let keys: LogKeys;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(() => {
  keys = logKeys(randomUUID(), 'epoch');
});

/** Events at `from` to `to`, three of four on the busy topic. */
function batchOf(from: number, to: number, bytes = 10): Batch {
  const rows = Array.from({ length: to - from + 1 }, (_, n) => {
    const position = from + n;
    const topic = position % 4 === 0 ? 'calm' : 'busy';
    return {
      position,
      id: randomUUID(),
      topic,
      envelope: JSON.stringify({ topic, fill: 'x'.repeat(bytes) }),
    };
  });
  return { rows, through: to };
}

const publish = (state: LogState, batch: Batch, maxLength = plenty) =>
  publishBatch(redis, keys, state, batch, maxLength);

/** What the publisher knows once the batch is in. */
const afterwards = (state: LogState, { rows, through }: Batch): LogState => ({
  ...state,
  through,
  newest: rows.length > 0 ? { position: rows.at(-1)!.position, id: rows.at(-1)!.id } : state.newest,
});

const positions = async (topic: string) =>
  (await redis.xrange(keys.topic(topic), '-', '+')).map(([id]) => Number.parseInt(id, 10));

/** Everything that Redis holds, as text. */
async function everything(): Promise<string> {
  const held = await redis.keys('*');
  const values = await Promise.all(held.sort().map((key) => redis.dumpBuffer(key)));
  return JSON.stringify(held.map((key, n) => [key, values[n]!.toString('base64')]));
}

describe('a batch', () => {
  test('adds every event at its position to its topic and moves `through` beyond its last gap', async () => {
    const state = await beginIncarnation(redis, keys, 0, topics);
    const batch = { ...batchOf(1, 8), through: 11 };
    expect(await publish(state, batch)).toBe('published');
    expect(await positions('busy')).toEqual([1, 2, 3, 5, 6, 7]);
    expect(await positions('calm')).toEqual([4, 8]);
    expect(await readLogState(redis, keys)).toEqual(afterwards(state, batch));
    expect(await waitForThrough(redis, keys, 10, 10)).toBe(11);
    expect(await waitForThrough(redis, keys, 11, 10)).toBeUndefined();
  });

  test('without events passes a gap and keeps the newest event', async () => {
    const state = await beginIncarnation(redis, keys, 0, topics);
    const batch = batchOf(1, 2);
    await publish(state, batch);
    expect(await publish(afterwards(state, batch), { rows: [], through: 9 })).toBe('published');
    expect(await readLogState(redis, keys)).toEqual({ ...afterwards(state, batch), through: 9 });
  });

  test('is fenced when `through` is not where its publisher thinks', async () => {
    const state = await beginIncarnation(redis, keys, 0, topics);
    await publish(state, batchOf(1, 4));
    const before = await everything();
    expect(await publish(state, batchOf(1, 4)), 'a late former leader').toBe('fenced');
    expect(await publish({ ...state, through: 8 }, batchOf(9, 12)), 'after Redis lost its last writes').toBe(
      'fenced',
    );
    expect(await everything()).toBe(before);
  });

  test('is fenced when the log was begun anew since', async () => {
    const state = await beginIncarnation(redis, keys, 0, topics);
    await redis.flushall();
    await beginIncarnation(redis, keys, 0, topics);
    const before = await everything();
    expect(await publish(state, batchOf(1, 4))).toBe('fenced');
    expect(await everything()).toBe(before);
  });

  test('is fenced after Redis lost its memory, and leaves Redis empty', async () => {
    const state = await beginIncarnation(redis, keys, 0, topics);
    await redis.flushall();
    expect(await publish(state, batchOf(1, 4))).toBe('fenced');
    expect(await redis.dbsize()).toBe(0);
    expect(await readLogState(redis, keys)).toBeUndefined();
  });

  test('of two publishers with the same view goes in once', async () => {
    const state = await beginIncarnation(redis, keys, 0, topics);
    await using other = Object.assign(new Redis(server.url), {
      [Symbol.asyncDispose]: async () => other.disconnect(),
    });
    const results = await Promise.all(
      [redis, other].map((connection) => publishBatch(connection, keys, state, batchOf(1, 100), plenty)),
    );
    expect(results.sort()).toEqual(['fenced', 'published']);
    expect((await positions('busy')).length + (await positions('calm')).length).toBe(100);
  });

  test('is seen whole or not at all by a reader', async () => {
    let state = await beginIncarnation(redis, keys, 0, topics);
    await using other = Object.assign(new Redis(server.url), {
      [Symbol.asyncDispose]: async () => other.disconnect(),
    });
    const seen = new Set<number>();
    let publishing = true;
    const reading = (async () => {
      while (publishing) {
        const page = (await readStreams(other, keys, { topics, after: 0, count: plenty }))!;
        expect(page.events.map(({ position }) => position)).toEqual(
          batchOf(1, page.through).rows.map((row) => row.position),
        );
        seen.add(page.through);
      }
    })();
    for (let from = 1; from < 3_000 || seen.size < 10; from += 100) {
      const batch = batchOf(from, from + 99);
      expect(await publish(state, batch)).toBe('published');
      state = afterwards(state, batch);
    }
    publishing = false;
    await reading;
  });

  test('is whole or absent when Redis runs out of memory', async () => {
    let state = await beginIncarnation(redis, keys, 0, topics);
    const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))![1]);
    await redis.config('SET', 'maxmemory', String(used + 3_000_000));
    try {
      let refusal: unknown;
      for (let from = 1; !refusal; from += 100) {
        const batch = batchOf(from, from + 99, 10_000);
        await publish(state, batch).then(
          () => {
            state = afterwards(state, batch);
          },
          (error) => {
            refusal = error;
          },
        );
      }
      expect(String(refusal)).toContain('OOM');
    } finally {
      await redis.config('SET', 'maxmemory', '0');
    }
    expect(state.through, 'something was published before').toBeGreaterThan(0);
    expect(await readLogState(redis, keys)).toEqual(state);
    expect((await positions('busy')).length + (await positions('calm')).length).toBe(state.through);
    expect(await publish(state, batchOf(state.through + 1, state.through + 1)), 'and goes on').toBe(
      'published',
    );
  });
});

describe('trimming', () => {
  test('raises the floor of the topic to just below its first event, and of no other', async () => {
    let state = await beginIncarnation(redis, keys, 0, topics);
    for (let from = 1; from <= 400; from += 20) {
      const batch = batchOf(from, from + 19);
      await publish(state, batch, 100);
      state = afterwards(state, batch);
      const busy = await positions('busy');
      expect(busy.length).toBeLessThanOrEqual(110);
      const floors = await redis.hgetall(keys.floors);
      expect(Number(floors.busy ?? floors['*'])).toBe(busy[0]! - 1);
      expect(floors.calm, 'calm has 100 events at most').toBeUndefined();
    }
    expect(await positions('calm')).toHaveLength(100);
    expect((await positions('busy'))[0]).toBeGreaterThan(1);
  });

  test('leaves a stream that is complete from its floor on and not below', async () => {
    const state = await beginIncarnation(redis, keys, 0, topics);
    await publish(state, batchOf(1, 100), 10);
    const floor = Number(await redis.hget(keys.floors, 'busy'));
    const read = (after: number, chosen: string[]) =>
      readStreams(redis, keys, { topics: chosen, after, count: plenty });
    const page = await read(floor, ['busy']);
    const expected = batchOf(1, 100).rows.filter((row) => row.topic === 'busy' && row.position > floor);
    expect(page!.complete).toBe(true);
    expect(page!.events.map(({ position }) => position)).toEqual(expected.map(({ position }) => position));
    expect(await read(floor - 1, ['busy'])).toEqual({
      through: 100,
      complete: false,
      events: [],
      next: floor - 1,
      bytes: 0,
    });
    expect(
      (await read(floor - 1, topics))!.complete,
      'a merge is as complete as its least complete stream',
    ).toBe(false);
  });
});

describe('a log that begins', () => {
  test('is complete from its floor on', async () => {
    const state = await beginIncarnation(redis, keys, 40, topics);
    expect(state).toMatchObject({ through: 40, newest: undefined });
    expect(await readLogState(redis, keys)).toEqual(state);
    expect(await readStreams(redis, keys, { topics, after: 39, count: 10 })).toMatchObject({
      complete: false,
    });
    expect(await readStreams(redis, keys, { topics, after: 40, count: 10 })).toMatchObject({
      complete: true,
      next: 40,
    });
    expect(await waitForThrough(redis, keys, 39, 10), 'those who wait hear of it').toBe(40);
  });

  test('stands against one that comes later, which is told its state', async () => {
    const first = await beginIncarnation(redis, keys, 40, topics);
    const batch = batchOf(41, 50);
    await publish(first, batch);
    expect(await beginIncarnation(redis, keys, 7, topics)).toEqual(afterwards(first, batch));
    expect((await positions('busy')).length + (await positions('calm')).length).toBe(10);
  });

  test('is one log when many begin it at once', async () => {
    const others = Array.from({ length: 5 }, () => new Redis(server.url));
    const states = await Promise.all(others.map((other, n) => beginIncarnation(other, keys, n, topics)));
    for (const other of others) other.disconnect();
    for (const state of states) expect(state).toEqual(states[0]);
  });

  test('takes nothing over from streams that were left behind', async () => {
    const state = await beginIncarnation(redis, keys, 0, topics);
    await publish(state, batchOf(1, 20), 5);
    await redis.del(keys.meta);
    await beginIncarnation(redis, keys, 10, topics);
    expect(await positions('busy')).toEqual([]);
    expect(await redis.hgetall(keys.floors)).toEqual({ '*': '10' });
  });
});
