import { setTimeout as delay } from 'node:timers/promises';
import { startTcpProxy } from '../../dev/tcp-proxy.ts';
import { tellRedis } from '../../dev/tell-redis.ts';
import type { Condition } from '../condition.ts';
import { postgresWith, redisWith } from '../servers.ts';

const awayMs = 2_000;

/** The name in REDIS_URL leads to another server from then on, as managed services do it. */
export const redisFailover: Condition = {
  name: 'a Redis that becomes a replica, and another the primary',
  right: 'works',
  async prepare(setup) {
    const postgres = await postgresWith(setup);
    const primary = await redisWith(setup);
    const other = await redisWith(setup);
    const proxy = setup.use(await startTcpProxy({ to: primary.url }));
    const url = postgres.url();
    return {
      env: { DATABASE_URL: url, REDIS_URL: proxy.through(primary.url) },
      truthUrl: url,
      async during() {
        await delay(awayMs / 2); // something is under way
        await tellRedis(other, 'REPLICAOF', '127.0.0.1', String(primary.port));
        while (!String(await tellRedis(other, 'INFO', 'replication')).includes('master_link_status:up'))
          await delay(50);
        await tellRedis(other, 'REPLICAOF', 'NO', 'ONE');
        await tellRedis(primary, 'REPLICAOF', '127.0.0.1', String(other.port));
        await delay(awayMs);
        proxy.leadTo(other.url);
        await delay(awayMs);
      },
    };
  },
};
