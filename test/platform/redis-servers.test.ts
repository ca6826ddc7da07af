/** Connections to what is named by more than one address: each is with the right server, whatever becomes of it. */
import type { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../dev/free-port.ts';
import { type RedisCluster, startRedisCluster } from '../../dev/redis-cluster.ts';
import { startSentinel } from '../../dev/redis-sentinel.ts';
import { tellRedis } from '../../dev/tell-redis.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { openBlockingRedis, openPatientRedis, openRedis } from '../../src/platform/redis.ts';
import { serversOf } from '../../src/platform/redis-servers/servers.ts';
import { watchConnection } from '../../src/relay/watch-connection.ts';
import { until } from '../support/until.ts';

const logger = createLogger('test', 'silent');

describe('REDIS_URL', () => {
  test('names a Cluster, by its scheme or by several nodes', () => {
    const cluster = {
      kind: 'cluster',
      nodes: [
        { host: 'one', port: 7000 },
        { host: '::1', port: 6379 },
      ],
    };
    expect(serversOf('redis://one:7000,[::1]')).toEqual({ ...cluster, access: {} });
    expect(serversOf('rediss+cluster://ann:p%40ss@one:7000,[::1]/0')).toEqual({
      ...cluster,
      access: { username: 'ann', password: 'p@ss', tls: {} },
    });
    expect(serversOf('redis+cluster://one')).toMatchObject({ kind: 'cluster', nodes: [{ host: 'one' }] });
  });

  test('names Sentinels with the primary that they know', () => {
    expect(
      serversOf('redis+sentinel://:secret@one,two:26380/my%20primary/3?sentinel_password=other'),
    ).toEqual({
      kind: 'sentinel',
      sentinels: [
        { host: 'one', port: 26_379 },
        { host: 'two', port: 26_380 },
      ],
      primary: 'my primary',
      db: 3,
      access: { password: 'secret' },
      sentinelAccess: { password: 'other' },
    });
  });

  test.each([
    ['redis+sentinel://one', 'name of the primary'],
    ['redis+cluster://one/2', 'a Cluster has none but 0'],
    ['redis://one,two/2', 'a Cluster has none but 0'],
    ['redis://ann:pw@one,ben:pw@two', 'a user and password at more than the first host'],
    ['redis://one:port', 'hosts are written host:port'],
    ['redis://one,,two', 'hosts are written host:port'],
    ['redis+cluster://one:70000', 'hosts are written host:port'],
    ['redis+proxy://one', 'must be a URL that starts with'],
  ])('%s is refused with what is wrong', (url, reason) => {
    expect(() => serversOf(url)).toThrow(reason);
  });
});

describe('a connection to a Redis Cluster', () => {
  const opened = async (cluster: RedisCluster, open: (key?: string) => Redis) => {
    const redis = open();
    await until(() => redis.ping());
    return { redis, cluster, [Symbol.dispose]: () => redis.disconnect() };
  };

  test('goes to the node of what it is asked first, and to another when the slot has moved there', async () => {
    await using cluster = await startRedisCluster();
    const options = { url: cluster.url, name: 'test', logger };
    using commands = await opened(cluster, () => openRedis(options));
    using blocking = await opened(cluster, () => openBlockingRedis(options));
    using patient = await opened(cluster, () => openPatientRedis({ ...options, key: '{tag}' }));
    const copy = patient.redis.duplicate();
    expect(await commands.redis.set('{tag}:one', 1)).toBe('OK');
    expect(await commands.redis.multi().incr('{tag}:one').exec()).toEqual([[null, 2]]);
    expect(await blocking.redis.xread('BLOCK', 10, 'STREAMS', '{tag}:stream', '0')).toBeNull();
    const ofPatient = await patient.redis.multi().rpush('{tag}:list', 'a', 'b').exec();
    expect(ofPatient, 'with its key it is there from the start').toEqual([[null, 2]]);
    expect(await copy.blpop('{tag}:list', 1)).toEqual(['{tag}:list', 'a']);

    const from = await cluster.masterOf('{tag}');
    const to = cluster.nodes.find((node) => node !== from)!;
    using connection = watchConnection(commands.redis);
    await moveSlot('{tag}', from, to);
    expect(await commands.redis.get('{tag}:one')).toBe('2');
    expect(connection.throwIfLost, 'who counts on one server learns of it').toThrow();
    await until(async () => (await blocking.redis.xread('STREAMS', '{tag}:stream', '0')) === null);
    expect(await copy.blpop('{tag}:list', 1)).toEqual(['{tag}:list', 'b']);
    expect(await tellRedis(to, 'GET', '{tag}:one')).toBe('2');
    copy.disconnect();
  });

  test('leaves a master that has become a replica', async () => {
    await using cluster = await startRedisCluster({ replicas: true });
    using commands = await opened(cluster, () =>
      openRedis({ url: cluster.url, name: 'test', logger, key: 'a' }),
    );
    expect(await commands.redis.set('a', 1)).toBe('OK');
    const master = await cluster.masterOf('a');
    const replica = cluster.replicaOf(master);
    await tellRedis(replica, 'CLUSTER', 'FAILOVER');
    await until(() => commands.redis.set('a', 2));
    await until(async () => String(await tellRedis(replica, 'ROLE')).startsWith('master'));
    expect(await until(() => commands.redis.get('a'))).toBe('2');
    expect(commands.redis.stream.remotePort).toBe(replica.port);
  });

  test('leaves a node that falls silent, for the one that takes its place', async () => {
    await using cluster = await startRedisCluster({ replicas: true });
    using commands = await opened(cluster, () =>
      openRedis({ url: cluster.url, name: 'test', logger, key: 'a' }),
    );
    await commands.redis.set('a', 1);
    const master = await cluster.masterOf('a');
    master.pause();
    expect(await until(() => commands.redis.get('a'), { timeoutMs: 30_000 })).toBe('1');
    expect(commands.redis.stream.remotePort).toBe(cluster.replicaOf(master).port);
    master.resume();
  });
});

test('a connection that asks Sentinels finds the primary past one that is gone, and fails at once when all are', async () => {
  await using sentinel = await startSentinel();
  const url = sentinel.url.replace('://', `://127.0.0.1:${await freePort()},`);
  const redis = openRedis({ url, name: 'test', logger });
  expect(await redis.set('key', 'value')).toBe('OK');
  await sentinel.stop();
  await until(
    () =>
      redis.get('key').then(
        () => false,
        ({ message }) => /isn't writeable/.test(message),
      ),
    {
      timeoutMs: 30_000,
      message: 'commands fail at once',
    },
  );
  redis.disconnect();
});

/** As `redis-cli --cluster reshard` does it, with its keys. */
async function moveSlot(key: string, from: { url: string; port: number }, to: { url: string; port: number }) {
  const slot = Number(await tellRedis(from, 'CLUSTER', 'KEYSLOT', key));
  const [fromId, toId] = [
    await tellRedis(from, 'CLUSTER', 'MYID'),
    await tellRedis(to, 'CLUSTER', 'MYID'),
  ].map(String);
  await tellRedis(to, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId!);
  await tellRedis(from, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId!);
  const keys = (await tellRedis(from, 'CLUSTER', 'GETKEYSINSLOT', slot, 100)) as string[];
  await tellRedis(from, 'MIGRATE', '127.0.0.1', to.port, '', 0, 5_000, 'KEYS', ...keys);
  for (const node of [to, from]) await tellRedis(node, 'CLUSTER', 'SETSLOT', slot, 'NODE', toId!);
}
