import { describe, expect, test } from 'vitest';
import { startTcpProxy } from '../../dev/tcp-proxy.ts';
import { openDatabase } from '../../src/platform/postgres.ts';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

/** The same database twice: directly, and through a proxy that can fall silent. */
async function openBoth() {
  await using setup = new AsyncDisposableStack();
  const direct = setup.use(await createTestDatabase());
  const proxy = setup.use(await startTcpProxy({ to: direct.url }));
  const proxied = setup.use(openDatabase({ url: proxy.through(direct.url), application: 'proxied' }));
  const owned = setup.move();
  return {
    direct: direct.database,
    proxied,
    proxy,
    /** Only connections that are made from now on work. */
    silenceOpenOnes() {
      proxy.silence();
      proxy.heal();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

describe.concurrent('a connection to Postgres that falls silent', () => {
  test('makes its query fail, and the next one runs on another', async () => {
    await using both = await openBoth();
    const { pool } = both.proxied;
    await pool.query('SELECT 1');
    both.silenceOpenOnes();
    await expect(pool.query('SELECT 1')).rejects.toThrow('fell silent');
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  test('makes its query fail when the server cannot be reached anew either', async () => {
    await using both = await openBoth();
    const { pool } = both.proxied;
    await pool.query('SELECT 1');
    both.proxy.silence();
    await expect(pool.query('SELECT 1')).rejects.toThrow('fell silent');
  });

  test('makes its query fail once the server has done it, when the answer gets lost', async () => {
    await using both = await openBoth();
    const query = both.proxied.pool.query('SELECT pg_sleep(6)');
    query.catch(() => {});
    await until(async () => {
      const sql = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND query ~ '^SELECT pg_sleep'`;
      return (await both.direct.pool.query(sql)).rowCount;
    });
    both.silenceOpenOnes();
    await expect(query).rejects.toThrow('fell silent');
  });

  test('makes its transaction fail as a whole', async () => {
    await using both = await openBoth();
    const { prisma } = both.proxied;
    const broken = prisma.$transaction(async (tx) => {
      await tx.friendship.create({ data: { userId: 'ada', friendId: 'grace' } });
      both.silenceOpenOnes();
      return tx.friendship.count();
    });
    await expect(broken).rejects.toThrow();
    expect(await prisma.friendship.count()).toBe(0);
  });

  test('is closed after the pool has let go of it', async () => {
    await using both = await openBoth();
    const client = await both.proxied.pool.connect();
    let closed = false;
    client.once('end', () => {
      closed = true;
    });
    both.proxy.silence();
    client.release(true);
    await until(() => closed);
  });
});

describe.concurrent('a connection to Postgres is left alone', () => {
  test('while the server is at work on a long query', async () => {
    await using both = await openBoth();
    expect((await both.proxied.pool.query('SELECT pg_sleep(9), 1 AS one')).rows[0].one).toBe(1);
  });

  test('when its answer comes while the server is being asked, and the server cannot be reached anew', async () => {
    await using both = await openBoth();
    const client = await both.proxied.pool.connect();
    try {
      await client.query('SELECT 1');
      // an answer takes longer than a silence may, and a new connection longer than it is waited for
      both.proxy.slow(3_250);
      await client.query('SELECT 1');
      both.proxy.heal();
      // until the server has been asked
      expect((await client.query('SELECT pg_sleep(2.5), 1 AS one')).rows[0].one).toBe(1);
    } finally {
      client.release();
    }
  });

  test('while its transaction rests', async () => {
    await using both = await openBoth();
    const client = await both.proxied.pool.connect();
    try {
      await client.query('BEGIN');
      await both.direct.pool.query('SELECT pg_sleep(6)');
      expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
  });
});
