/** Redis servers that cannot be used, each told in one line. */
import type { RedisServer } from '../../dev/redis.ts';
import type { Condition } from '../condition.ts';
import { runProgram } from '../program.ts';
import { postgresWith, redisWith } from '../servers.ts';

const refused = (
  name: string,
  right: RegExp,
  lead: (redis: RedisServer, setup: AsyncDisposableStack) => Promise<string> | string,
  ...settings: readonly string[]
): Condition => ({
  name,
  right,
  async prepare(setup) {
    const postgres = await postgresWith(setup);
    const redis = await redisWith(setup, ...settings);
    const url = postgres.url();
    await runProgram('migrate.ts', { DATABASE_URL: url });
    return { env: { DATABASE_URL: url, REDIS_URL: await lead(redis, setup) }, truthUrl: url };
  },
});

export const refusedRedis: readonly Condition[] = [
  refused(
    'a Redis that evicts',
    /maxmemory-policy allkeys-lru.*Set it to noeviction/,
    ({ url }) => url,
    'maxmemory-policy allkeys-lru',
  ),
  refused('a Redis that is a replica', /Redis is a replica/, async ({ port }, setup) => {
    return (await redisWith(setup, `replicaof 127.0.0.1 ${port}`)).url;
  }),
  refused('a database of Redis that there is not', /DB index is out of range/, ({ url }) => `${url}/99`),
  refused('a Redis that wants a password', /NOAUTH/, ({ url }) => url, 'requirepass secret'),
];
