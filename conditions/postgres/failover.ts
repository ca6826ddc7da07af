import { setTimeout as delay } from 'node:timers/promises';
import { startTcpProxy } from '../../dev/tcp-proxy.ts';
import type { Condition } from '../condition.ts';
import { postgresWith, redisWith } from '../servers.ts';

/** Until the stopped primary is missed: what is noticed by asking is asked every few seconds. */
const awayMs = 2_000;

/** The name in DATABASE_URL leads to another server from then on, as managed services do it. */
export const postgresFailover: Condition = {
  name: 'a PostgreSQL that becomes a standby, and another the primary',
  right: 'works',
  async prepare(setup) {
    const primary = await postgresWith(setup);
    const redis = await redisWith(setup);
    const standby = setup.use(await primary.startStandby());
    const proxy = setup.use(await startTcpProxy({ to: primary.url() }));
    return {
      env: { DATABASE_URL: proxy.through(primary.url()), REDIS_URL: redis.url },
      truthUrl: proxy.through(primary.url()),
      async during() {
        await delay(awayMs / 2); // something is under way
        await primary.demote();
        await delay(awayMs);
        await standby.promote();
        proxy.leadTo(standby.url());
        await delay(awayMs);
      },
    };
  },
};
