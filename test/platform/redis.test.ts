import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { startRedis } from '../../dev/redis.ts';
import { startTcpProxy } from '../../dev/tcp-proxy.ts';
import { createLogger } from '../../src/platform/logger.ts';
import {
  openBlockingRedis,
  openPatientRedis,
  openRedis,
  type RedisConnectionOptions,
} from '../../src/platform/redis.ts';
import { until } from '../support/until.ts';

/** A Redis behind a proxy that can fall silent, and a direct connection to it. */
async function openProxied(open: (options: RedisConnectionOptions) => Redis) {
  await using setup = new AsyncDisposableStack();
  const server = setup.use(await startRedis());
  const proxy = setup.use(await startTcpProxy({ to: server.url }));
  const direct = new Redis(server.url);
  setup.defer(() => direct.disconnect());
  const logger = createLogger('test', 'silent');
  const redis = open({ url: proxy.through(server.url), name: 'test', logger });
  setup.defer(() => redis.disconnect());
  await redis.ping().catch(() => until(() => redis.status === 'ready'));
  const owned = setup.move();
  return {
    redis,
    direct,
    proxy,
    /** Only connections that are made from now on work. */
    silenceOpenOnes() {
      proxy.silence();
      proxy.heal();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

describe.concurrent('a connection to Redis that falls silent', () => {
  test('is replaced, and commands that had no answer get one', async () => {
    await using proxied = await openProxied(openRedis);
    proxied.silenceOpenOnes();
    expect(await proxied.redis.set('key', 'value')).toBe('OK');
    expect(await proxied.direct.get('key')).toBe('value');
  });

  test('is replaced while nobody asks anything of it', async () => {
    await using proxied = await openProxied(openRedis);
    let closed = false;
    proxied.redis.once('close', () => {
      closed = true;
    });
    proxied.silenceOpenOnes();
    await until(() => closed && proxied.redis.status === 'ready');
  });

  test('is replaced under a blocked read', async () => {
    await using proxied = await openProxied(openBlockingRedis);
    const read = proxied.redis.xread('BLOCK', 1_000, 'STREAMS', 'stream', '$');
    proxied.silenceOpenOnes();
    await read.catch(() => {});
    await proxied.direct.xadd('stream', '1-0', 'field', 'value');
    const reply = await until(() => proxied.redis.xread('BLOCK', 1_000, 'STREAMS', 'stream', '0'));
    expect(reply).toEqual([['stream', [['1-0', ['field', 'value']]]]]);
  });

  test('is replaced under its subscriptions, which go on', async () => {
    await using proxied = await openProxied(openPatientRedis);
    const heard: string[] = [];
    proxied.redis.on('message', (_channel, message) => heard.push(message));
    await proxied.redis.subscribe('one', 'two');
    proxied.silenceOpenOnes();
    for (const channel of ['one', 'two']) {
      await until(async () => {
        await proxied.direct.publish(channel, channel);
        return heard.includes(channel);
      });
    }
  });

  test('makes commands fail when there is no other, until there is', async () => {
    await using proxied = await openProxied(openRedis);
    proxied.proxy.silence();
    await expect(proxied.redis.get('key')).rejects.toThrow();
    await expect(proxied.redis.get('key')).rejects.toThrow();
    proxied.proxy.heal();
    expect(await until(() => proxied.redis.ping())).toBe('PONG');
  });
});

test('a copy of a connection may block for as long as a worker of BullMQ does', async () => {
  await using proxied = await openProxied(openPatientRedis);
  const blocking = proxied.redis.duplicate();
  let closed = false;
  blocking.once('close', () => {
    closed = true;
  });
  expect(await blocking.bzpopmin('none', 10)).toBeNull();
  expect(closed).toBe(false);
  blocking.disconnect();
});
