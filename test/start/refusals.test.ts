/** What cannot work is refused at the start, by each role, in one line that names the setting and the cure. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRedis } from '../../dev/redis.ts';
import { startRedisCluster } from '../../dev/redis-cluster.ts';
import { startSentinel } from '../../dev/redis-sentinel.ts';
import { tellRedis } from '../../dev/tell-redis.ts';
import { createRecoveryWorld, expectRolesToWork } from '../recovery/support.ts';
import { createTestDatabase } from '../support/database.ts';
import { runCommand } from '../support/run-command.ts';
import { addVideos, createViewers } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';

const roles = ['api', 'relay', 'worker'] as const;

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

/** All roles on these settings, each with its code and the line that is not of the log. */
async function refusals(env: Readonly<Record<string, string>>) {
  const ended = await Promise.all(
    roles.map((role) => runCommand('main.ts', [role], { ...world.env, PORT: '0', ...env })),
  );
  return ended.map(({ code, stderr }) => ({ code, line: stderr.replace(/^\{.*\n/gm, '').split('\n')[0] }));
}

describe('refused by every role:', () => {
  test('a Redis that is a replica', async () => {
    await using replica = await startRedis({ settings: [`replicaof 127.0.0.1 ${world.redis.port}`] });
    for (const { code, line } of await refusals({ REDIS_URL: replica.url })) {
      expect(line).toBe(
        'The server of REDIS_URL cannot be used: Redis is a replica, which takes no writes. REDIS_URL has to lead to the primary.',
      );
      expect(code).toBe(1);
    }
  });

  test('a node of a Redis Cluster that is written like a server of its own', async () => {
    await using cluster = await startRedisCluster();
    for (const { code, line } of await refusals({ REDIS_URL: cluster.nodes[0]!.url })) {
      expect(line).toBe(
        'The server of REDIS_URL cannot be used: it is a node of a Redis Cluster. Write REDIS_URL as redis+cluster://host:6379,host:6379; one node is enough.',
      );
      expect(code).toBe(1);
    }
  });

  test('one of the masters of a Redis Cluster that evicts', async () => {
    await using cluster = await startRedisCluster();
    await tellRedis(cluster.nodes[2]!, 'CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    for (const { line } of await refusals({ REDIS_URL: cluster.url }))
      expect(line).toContain('Redis has maxmemory-policy allkeys-lru');
  });

  test('a server of its own that is written like a Redis Cluster', async () => {
    for (const { line } of await refusals({ REDIS_URL: world.redis.url.replace('redis:', 'redis+cluster:') }))
      expect(line).toBe(
        'The server of REDIS_URL cannot be used: it is no node of a Redis Cluster. Write REDIS_URL as redis://host:6379, or with Sentinels as redis+sentinel://host:26379,host:26379/primary/0',
      );
  });

  test('Sentinels that know no primary of the name', async () => {
    await using sentinel = await startSentinel();
    for (const { line } of await refusals({ REDIS_URL: sentinel.url.replace('mymaster', 'other') }))
      expect(line).toMatch(
        /^The server of REDIS_URL cannot be used: the Sentinel .* knows no primary named other$/,
      );
  });

  test('a database of Redis that there is not', async () => {
    for (const { code, line } of await refusals({ REDIS_URL: `${world.redis.url}/99` })) {
      expect(line).toBe('The server of REDIS_URL cannot be used: ERR DB index is out of range');
      expect(code).toBe(1);
    }
  });

  test('a sequence that is behind the rows of the outbox', async () => {
    await using restored = await createTestDatabase();
    const { database, url } = restored;
    await addVideos(database, 1);
    for (let count = 0; count < 3; count += 1) {
      await createViewers(database).start({ userId: 'u0', videoId: 'v0' });
    }
    await database.pool.query(`SELECT setval('outbox_position_seq', 1)`);
    for (const { code, line } of await refusals({ DATABASE_URL: url })) {
      expect(line).toMatch(
        /^The server of DATABASE_URL cannot be used: the sequence outbox_position_seq is at 1, but the outbox has come to 3, .* Run: SELECT setval\('outbox_position_seq', 3\)$/,
      );
      expect(code).toBe(1);
    }
  });

  test('fewer connections than it needs', async () => {
    for (const [index, { code, line }] of (await refusals({ DATABASE_CONNECTIONS: '2' })).entries()) {
      expect(line).toContain(`DATABASE_CONNECTIONS is 2: the ${roles[index]} needs at least 3, for `);
      expect(code).toBe(2);
    }
  });
});

test('with just as many connections as they need all roles do their work', async () => {
  await using world = await createRecoveryWorld();
  await expectRolesToWork(world, { DATABASE_CONNECTIONS: '3' });
});
