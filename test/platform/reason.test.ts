import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { startRedis } from '../../dev/redis.ts';
import { reasonOf } from '../../src/platform/reason.ts';
import { createTestDatabase } from '../support/database.ts';

const thrown = (promise: Promise<unknown>) => promise.then(() => undefined, reasonOf);

test('what a store refuses has its own word for it', async () => {
  await using server = await startRedis();
  await using testDatabase = await createTestDatabase();
  const { pool } = testDatabase.database;
  const redis = new Redis(server.url, { maxRetriesPerRequest: 0, retryStrategy: () => 10 });
  redis.on('error', () => {});
  await redis.set('text', 'x');
  expect(await thrown(redis.lpush('text', 'y'))).toBe('WRONGTYPE');
  expect(await thrown(redis.call('NONSENSE'))).toBe('ERR');
  expect(await thrown(pool.query('SELECT 1 / 0'))).toBe('22012');
  await redis.config('SET', 'maxmemory', '1');
  expect(await thrown(redis.eval("return redis.call('SET', 'a', 'b')", 0))).toBe('OOM');
  await server.kill();
  expect(await thrown(redis.ping())).toMatch(/^(AWAY|E[A-Z]+)$/);
  redis.disconnect();
});

test('an answer that stays away is a time-out, and another error goes by its class', () => {
  expect(reasonOf(new Error('Command timed out'))).toBe('TIMEOUT');
  expect(reasonOf(new RangeError('position 17 is out of range'))).toBe('RangeError');
  expect(reasonOf('thrown text')).toBe('Error');
});
