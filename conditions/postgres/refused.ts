/** Databases on which nothing can work, each told in one line. */

import { addCatalogue } from '../../chaos/truth.ts';
import { tellPostgres } from '../../dev/tell-postgres.ts';
import * as streaming from '../../src/domains/streaming/commands.ts';
import { requestCause } from '../../src/events/envelope.ts';
import { createOutbox } from '../../src/outbox/transaction.ts';
import { openDatabase } from '../../src/platform/postgres.ts';
import type { Condition } from '../condition.ts';
import { runProgram } from '../program.ts';
import { postgresWith, redisWith } from '../servers.ts';

/** `spoil` makes of a database that was migrated one that cannot be used; it gives the URL that leads there. */
const refused = (
  name: string,
  right: RegExp,
  spoil: (url: string, setup: AsyncDisposableStack) => Promise<string>,
): Condition => ({
  name,
  right,
  async prepare(setup) {
    const postgres = await postgresWith(setup);
    const redis = await redisWith(setup);
    const url = postgres.url();
    await runProgram('migrate.ts', { DATABASE_URL: url });
    return { env: { DATABASE_URL: await spoil(url, setup), REDIS_URL: redis.url }, truthUrl: url };
  },
});

const other = (url: string, database: string) => {
  const changed = new URL(url);
  changed.pathname = database;
  return changed.href;
};

export const refusedDatabases: readonly Condition[] = [
  refused('a database that nobody migrated', /run "npm run migrate" first/, async (url) => {
    await tellPostgres(url, 'CREATE DATABASE empty');
    return other(url, 'empty');
  }),
  refused(
    'a database that there is not',
    /DATABASE_URL cannot be used: .*"nowhere" does not exist/,
    async (url) => other(url, 'nowhere'),
  ),
  refused(
    'a wrong password for PostgreSQL',
    /DATABASE_URL cannot be used: .*password authentication failed/,
    async (url) => url.replace('postgres:postgres@', 'postgres:wrong@'),
  ),
  refused(
    'a restored database whose sequence was left behind',
    /Run: SELECT setval\('outbox_position_seq', \d+\)/,
    async (url) => {
      const { prisma, pool, stop } = openDatabase({ url, application: 'conditions' });
      try {
        await addCatalogue({ prisma, pool } as never);
        const outbox = createOutbox({ prisma, pool, nudge: () => {} });
        for (let count = 0; count < 3; count += 1) {
          const viewing = { userId: 'u0', videoId: 'v0', quality: 'HD' } as const;
          await streaming.startWatching(outbox, requestCause('conditions'), viewing, new Date());
        }
      } finally {
        await stop();
      }
      await tellPostgres(url, `SELECT setval('outbox_position_seq', 1)`);
      return url;
    },
  ),
];

/** A standby answers reads, and a role that took it for its primary would fail at the first write. */
export const standby: Condition = {
  name: 'a standby in DATABASE_URL',
  right: /DATABASE_URL cannot be used: .*standby/,
  async prepare(setup) {
    const postgres = await postgresWith(setup);
    const redis = await redisWith(setup);
    await runProgram('migrate.ts', { DATABASE_URL: postgres.url() });
    const follower = setup.use(await postgres.startStandby());
    return { env: { DATABASE_URL: follower.url(), REDIS_URL: redis.url }, truthUrl: postgres.url() };
  },
};
