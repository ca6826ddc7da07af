/** A Redis that is set otherwise than the one that comes out of the box. */
import type { Condition } from '../condition.ts';
import { postgresWith, redisWith } from '../servers.ts';

const setTo = (name: string, urlOf: (url: string) => string, ...settings: readonly string[]): Condition => ({
  name,
  right: 'works',
  async prepare(setup) {
    const postgres = await postgresWith(setup);
    const redis = await redisWith(setup, ...settings);
    const url = postgres.url();
    return { env: { DATABASE_URL: url, REDIS_URL: urlOf(redis.url) }, truthUrl: url };
  },
});

const hard = `p@ss/w%rd:#?&'ü"`; // every kind of character that a URL has a meaning for

export const redisSettings: readonly Condition[] = [
  setTo(
    'Redis whose password has every kind of character',
    (url) => url.replace('redis://', `redis://:${encodeURIComponent(hard)}@`),
    `requirepass ${hard}`,
  ),
  setTo('another database of Redis than the first', (url) => `${url}/5`),
  setTo('Redis that writes every command to its disk', (url) => url, 'appendonly yes', 'appendfsync always'),
  setTo('Redis that ends idle connections', (url) => url, 'timeout 3'),
];
