/** Who hears of a change, where no value is read again just because time has passed. */
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { startRedis } from '../../dev/redis.ts';
import { createSignalChanged } from '../../src/live/signal-changed.ts';
import { signalChannel } from '../../src/live/signal-channel.ts';
import { createSignals } from '../../src/live/signals.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { until } from '../support/until.ts';

test('a change of one thing has only that read again, and what comes before it is listened to is not missed', async () => {
  await using server = await startRedis();
  await using connections = new AsyncDisposableStack();
  const open = () => connections.adopt(new Redis(server.url), (redis) => redis.disconnect());
  const [publisher, subscriber] = [open(), open()];
  await until(() => subscriber.status === 'ready');
  const signals = createSignals({
    publisher,
    subscriber,
    logName: 'test',
    logger: createLogger('test', 'silent'),
  });
  connections.defer(() => signals.stop());
  const changed = createSignalChanged(publisher, 'test');

  const reads = { one: 0, other: 0, all: 0 };
  const watch = (name: keyof typeof reads, about?: string) =>
    signals.watch(
      {
        ...{ signal: 'account', key: [name], everyMs: 600_000, ...(about && { about }) },
        read: async () => {
          reads[name] += 1;
        },
      },
      { changed: () => {}, ended: () => {} },
    );
  watch('one', '1');
  watch('other', '2');
  watch('all');
  // once when it is first watched, once when its changes are listened to
  await until(() => Object.values(reads).every((count) => count === 2));

  for (let count = 3; count <= 5; count += 1) {
    changed('account', '1');
    await until(() => reads.one === count);
  }
  expect(reads).toEqual({ one: 5, other: 2, all: 2 });
  changed('account');
  await until(() => reads.all === 3);
  expect(reads).toEqual({ one: 5, other: 2, all: 3 });
});

test('a change that nobody heard, because the connection was lost, is made up for on reconnect', async () => {
  await using server = await startRedis();
  await using connections = new AsyncDisposableStack();
  const open = () => connections.adopt(new Redis(server.url), (redis) => redis.disconnect());
  const [publisher, subscriber] = [open(), open()];
  await until(() => subscriber.status === 'ready');
  const logger = createLogger('test', 'silent');
  const signals = createSignals({ publisher, subscriber, logName: 'test', logger });
  connections.defer(() => signals.stop());
  let reads = 0;
  signals.watch(
    {
      ...{ signal: 'account', key: ['one'], everyMs: 600_000 },
      read: async () => {
        reads += 1;
      },
    },
    { changed: () => {}, ended: () => {} },
  );
  await until(() => reads === 2);
  await publisher.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
  await until(() => reads === 3);
});

test('of many changes at once few are told, and the last one is', async () => {
  await using server = await startRedis();
  await using connections = new AsyncDisposableStack();
  const open = () => connections.adopt(new Redis(server.url), (redis) => redis.disconnect());
  const [publisher, subscriber] = [open(), open()];
  let heard = 0;
  await subscriber.subscribe(signalChannel('test', 'account', '1'));
  subscriber.on('message', () => {
    heard += 1;
  });
  const changed = createSignalChanged(publisher, 'test');
  for (let n = 0; n < 1_000; n += 1) changed('account', '1');
  await until(() => heard === 2);
  changed('account', '1');
  await until(() => heard === 3);
});
