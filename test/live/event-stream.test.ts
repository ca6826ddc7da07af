import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { judge } from '../../bench/resume/verdict.ts';
import { catalogue } from '../../src/app/modules.ts';
import { decodeCursor } from '../../src/live/cursor.ts';
import { eventStream } from '../../src/live/event-stream.ts';
import { EventsSource } from '../../src/live/sources.ts';
import type { Subscription } from '../../src/live/subscribe.ts';
import { keyOf } from '../../src/platform/key.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { createWorld } from '../support/world.ts';
import { createRenderer } from './renderer.ts';
import { beat, openLive } from './support.ts';

const keepAliveMs = 5; // many progress ids
const nobodyLeft = { groups: 0, subscribers: 0, behind: 0 };

const logger = createLogger('test', 'silent');

test('a stream that is read in bursts has every event once and in order, and its ids never go back', async () => {
  await using world = await createWorld();
  await using live = await openLive(world);
  await world.spawn('relay').waitForLog('lease.taken');
  await beat(world.database, 2_000);
  await until(() => live.tail.position >= 2_000);

  const body = eventStream(followFrom(live, 0), keepAliveMs, new AbortController().signal, logger);
  const positionOf = (cursor: string) => decodeCursor(live.tail.epoch, cursor);
  await using stream = readInBursts(body, positionOf);
  await until(() => stream.items.length > 0);
  // live events arrive while it is behind, and when it has caught up
  for (let batch = 0; batch < 3; batch += 1) await beat(world.database, 1_000);
  await until(() => stream.items.length >= 5_000);
  for (let batch = 0; batch < 3; batch += 1) await beat(world.database, 1_000);
  await until(() => stream.items.length >= 8_000);
  await until(() => stream.ids.at(-1)! >= live.tail.position);

  const log = (await readLog(world.database)).map(({ position }) => position);
  const goneBack = stream.ids.filter((id, index) => index > 0 && id < stream.ids[index - 1]!);
  expect({ ...judge(log, stream.items), goneBack }).toEqual({
    lost: 0,
    doubled: 0,
    reordered: 0,
    goneBack: [],
  });
});

test('a stream whose client is gone before anybody has read it holds nothing', async () => {
  await using world = await createWorld();
  await using live = await openLive(world);
  const early = new AbortController();
  const late = new AbortController();
  early.abort();
  const unread = eventStream(followFrom(live, undefined), keepAliveMs, early.signal, logger);
  expect(live.groups.count(), 'of a client that was gone already').toEqual(nobodyLeft);
  const unreadToo = eventStream(followFrom(live, undefined), keepAliveMs, late.signal, logger);
  expect(live.groups.count()).toMatchObject({ subscribers: 1 });
  late.abort();
  expect(live.groups.count(), 'of a client that went').toEqual(nobodyLeft);
  await Promise.all([unread.cancel(), unreadToo.cancel()]);
});

/** Every event after the position, or from now on; items long enough that a page of them is several writes. */
function followFrom(live: Awaited<ReturnType<typeof openLive>>, after: number | undefined): Subscription {
  const source = new EventsSource(live.tail.epoch, { topics: catalogue.topics }, after);
  const renderer = createRenderer({ encode: live.encode, padding: 300 });
  return { join: (outlet) => live.groups.join(keyOf('all'), source, renderer, outlet) };
}

/** A reader that takes what it is given at once, several pieces in one breath, and then rests. */
function readInBursts(body: ReadableStream<Uint8Array>, positionOf: (cursor: string) => number) {
  const reader = body.getReader();
  const items: number[] = [];
  const ids: number[] = [];
  const read = async () => {
    const decoder = new TextDecoder();
    for (let text = ''; ; ) {
      const pieces = await Promise.all(Array.from({ length: 8 }, () => reader.read()));
      text += pieces.map(({ value }) => decoder.decode(value, { stream: true })).join('');
      const messages = text.split('\n\n');
      text = messages.pop()!;
      for (const message of messages) {
        const [, id] = /^id: (\S+)/.exec(message)!;
        ids.push(positionOf(id!));
        const [, data] = /^data: (.*)$/m.exec(message) ?? [];
        if (data !== undefined) items.push(JSON.parse(data).data.position);
      }
      if (pieces.some(({ done }) => done)) return;
      for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    }
  };
  const finished = read();
  return {
    items,
    ids,
    async [Symbol.asyncDispose]() {
      await reader.cancel();
      await finished;
    },
  };
}
