import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AccountOrder,
  accounts,
  selectAccounts,
} from '../../../src/domains/banking/read-models/accounts.ts';
import {
  accountStatement,
  readMonth,
  selectFigures,
  selectMovements,
} from '../../../src/domains/banking/read-models/statement.ts';
import { Prisma } from '../../../src/generated/prisma/client.ts';
import type { PrismaClient } from '../../../src/platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let testDatabase: TestDatabase;
let prisma: PrismaClient;
const count = 8_000;

/** Accounts of 400 owners in three currencies, one of them rare, and a movement an hour of one of them. */
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  prisma = testDatabase.database.prisma;
  await testDatabase.database.pool.query(`
    INSERT INTO account_summary
    SELECT 'id' || lpad(n::text, 5, '0'), 'owner' || n % 400, CASE WHEN n % 1000 = 0 THEN 'KWD' WHEN n % 2 = 0 THEN 'EUR' ELSE 'JPY' END,
           (n * 7919) % 1000 - 200, 0, CASE WHEN n % 50 = 0 THEN 'CLOSED' ELSE 'OPEN' END::account_status, 1,
           timestamptz '2024-01-01Z' + n % 5000 * interval '1 hour', '2026-01-01Z'
      FROM generate_series(1, ${count}) AS n;
    INSERT INTO account_movement
    SELECT 'id00001', n, timestamptz '2024-01-01Z' + (n - 1) * interval '1 hour', 'DEPOSITED',
           CASE WHEN n % 3 = 0 THEN -2 ELSE 3 END, 0, NULL, NULL, NULL
      FROM generate_series(1, ${count}) AS n;
    UPDATE account_movement SET balance = running.sum FROM (
      SELECT version, sum(amount) OVER (ORDER BY version) AS sum FROM account_movement) AS running
     WHERE running.version = account_movement.version;
    INSERT INTO account_movement
    SELECT 'id' || lpad(n::text, 5, '0'), 1, '2026-01-01Z', 'OPENED', 1, 1 FROM generate_series(2, ${count}) AS n`);
  await testDatabase.database.pool.query('VACUUM ANALYZE account_summary, account_movement');
});
afterAll(() => testDatabase.drop());

/** The nodes of the plan, with the index that each uses. */
async function planOf(query: Prisma.Sql): Promise<readonly string[]> {
  const [row] = await prisma.$queryRaw<{ 'QUERY PLAN': { Plan: PlanNode }[] }[]>(
    Prisma.sql`EXPLAIN (FORMAT JSON) ${query}`,
  );
  return nodesOf(row!['QUERY PLAN'][0]!.Plan);
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

const nodesOf = (node: PlanNode): readonly string[] => [
  [node['Node Type'], node['Index Name']].filter(Boolean).join(' '),
  ...(node.Plans ?? []).flatMap(nodesOf),
];

const orders: readonly AccountOrder[] = ['OWNER', 'BALANCE_DESC', 'BALANCE_ASC', 'OPENED_DESC'];
const rowsIn = async (sql: string) => (await testDatabase.database.pool.query(sql)).rows.map(({ id }) => id);

describe('the list of accounts', () => {
  test.each([
    ['OWNER', 'owner, id'],
    ['BALANCE_DESC', 'balance DESC, id DESC'],
    ['BALANCE_ASC', 'balance, id'],
    ['OPENED_DESC', 'opened_at DESC, id DESC'],
  ] as const)('by %s is walked page by page to its end, each account once', async (orderBy, order) => {
    const filter = { currency: 'EUR', status: 'CLOSED', minBalance: '-100', maxBalance: '500' } as const;
    const walked: string[] = [];
    for (let after: string | null = null; ; ) {
      const { edges, pageInfo } = await accounts(prisma, { ...filter, orderBy, first: 30, after });
      walked.push(...edges.map(({ node }) => node.id));
      expect(pageInfo.hasPreviousPage).toBe(after !== null);
      after = pageInfo.endCursor;
      if (!pageInfo.hasNextPage) break;
    }
    const wanted = `currency = 'EUR' AND status = 'CLOSED' AND balance BETWEEN -100 AND 500`;
    const expected = await rowsIn(`SELECT id FROM account_summary WHERE ${wanted} ORDER BY ${order}`);
    expect(expected.length).toBeGreaterThan(60);
    expect(walked).toEqual(expected);
  });

  test('is read by the index of its order, from the cursor on, and nothing is sorted', async () => {
    for (const orderBy of orders) {
      const { pageInfo } = await accounts(prisma, { orderBy, first: 2 });
      const index = {
        OWNER: 'owner_id',
        BALANCE_DESC: 'balance_id',
        BALANCE_ASC: 'balance_id',
        OPENED_DESC: 'opened_at_id',
      };
      const expected = ['Limit', `Index Scan account_summary_${index[orderBy]}_idx`];
      expect(await planOf(selectAccounts({ orderBy, first: 50 }, undefined)), orderBy).toEqual(expected);
      const [, value, id] = JSON.parse(Buffer.from(pageInfo.endCursor!, 'base64url').toString());
      const after = { kind: '', value, id };
      expect(await planOf(selectAccounts({ orderBy, first: 50 }, after)), orderBy).toEqual(expected);
    }
  });

  test('of an owner, or of a currency by balance, is found by index', async () => {
    const ofOwner = await planOf(
      selectAccounts({ owner: 'owner7', orderBy: 'BALANCE_DESC', first: 50 }, undefined),
    );
    expect(ofOwner.join()).toContain('account_summary_owner_id_idx');
    const ofCurrency = (currency: string) =>
      planOf(selectAccounts({ currency, orderBy: 'BALANCE_DESC', minBalance: '1', first: 50 }, undefined));
    const index = 'account_summary_currency_balance_id_idx';
    expect(await ofCurrency('EUR')).toEqual(['Limit', `Index Scan ${index}`]);
    expect((await ofCurrency('KWD')).join(), 'a rare one').toContain(index);
  });

  test.each([
    [{ minBalance: '1.50' }, 'minBalance must be a whole number'],
    [{ maxBalance: '9'.repeat(19) }, 'maxBalance must be a whole number'],
    [{ owner: 'a\0' }, 'owner holds a forbidden character'],
    [{ after: 'nonsense' }, 'after is not a cursor'],
    [{ after: Buffer.from('["accounts OWNER","a","b"]').toString('base64url') }, 'after is not a cursor'],
    [
      { after: Buffer.from('["accounts BALANCE_DESC","x","b"]').toString('base64url') },
      'after is not a cursor',
    ],
  ])('refuses %j', async (search, message) => {
    await expect(accounts(prisma, { orderBy: 'BALANCE_DESC', first: 1, ...search })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining(message),
    });
  });
});

describe('a statement', () => {
  const id = 'id00001';
  const sumOf = (edges: readonly { readonly node: { readonly amount: bigint } }[]) =>
    edges.reduce((sum, { node }) => sum + node.amount, 0n);

  test('goes from the balance before the month to that at its end, and the next one begins with it', async () => {
    const february = await accountStatement(prisma, { id, month: '2024-02', first: 1_000 });
    const { opening, closing, totalIn, totalOut, movements } = february;
    expect(movements.edges).toHaveLength(29 * 24);
    expect(movements.edges.map(({ node }) => node.at.toISOString().slice(0, 7))).not.toContain('2024-03');
    expect({ opening, totalIn, totalOut }).toEqual({
      opening: 31n * 8n * 4n,
      totalIn: 29n * 16n * 3n,
      totalOut: 29n * 8n * 2n,
    });
    expect(closing).toBe(opening + totalIn - totalOut);
    expect(closing).toBe(opening + sumOf(movements.edges));
    expect((await accountStatement(prisma, { id, month: '2024-03', first: 1 })).opening).toBe(closing);
  });

  test('of a month before anything moved is empty, and of one after has the balance at both ends', async () => {
    const before = await accountStatement(prisma, { id, month: '2023-12', first: 10 });
    expect(before).toMatchObject({
      opening: 0n,
      closing: 0n,
      totalIn: 0n,
      totalOut: 0n,
      movements: { edges: [] },
    });
    const { opening, closing } = await accountStatement(prisma, { id, month: '2027-01', first: 10 });
    expect(opening).toBeGreaterThan(0n);
    expect(closing).toBe(opening);
  });

  test('gives its movements in pages, and the figures of the whole month with each', async () => {
    const whole = await accountStatement(prisma, { id, month: '2024-02', first: 1_000 });
    const versions: number[] = [];
    for (let after: string | null = null; ; ) {
      const page = await accountStatement(prisma, { id, month: '2024-02', first: 250, after });
      expect({ ...page, movements: undefined }).toEqual({ ...whole, movements: undefined });
      versions.push(...page.movements.edges.map(({ node }) => node.version));
      after = page.movements.pageInfo.endCursor;
      if (!page.movements.pageInfo.hasNextPage) break;
    }
    expect(versions).toEqual(whole.movements.edges.map(({ node }) => node.version));
  });

  test('reads no more than its month, by index', async () => {
    const month = readMonth('2024-09');
    const index = 'account_movement_account_id_at_version_idx';
    const page = selectMovements(id, month, 50, { kind: '', value: '2024-09-03T00:00:00.000Z', id: '5881' });
    expect(await planOf(page)).toEqual(['Limit', `Index Scan ${index}`]);
    const figures = await planOf(selectFigures(id, month));
    expect(figures.filter((node) => node.startsWith('Limit'))).toHaveLength(2); // the balances at both ends
    const scans = figures.filter((node) => node.includes('Scan') && node !== 'Bitmap Heap Scan');
    expect(scans.filter((node) => !node.endsWith(index))).toEqual([]);
  });

  test.each([
    [{ month: '2026-13' }, 'BAD_USER_INPUT', 'month must be'],
    [{ month: '26-01' }, 'BAD_USER_INPUT', 'month must be'],
    [{ month: '0000-01' }, 'BAD_USER_INPUT', 'month must be'],
    [{ after: 'nonsense' }, 'BAD_USER_INPUT', 'after is not a cursor'],
    [{ id: 'nobody' }, 'NOT_FOUND', 'There is no account "nobody"'],
  ])('refuses %j with %s', async (request, code, message) => {
    const refused = accountStatement(prisma, { id, month: '2024-02', first: 1, ...request });
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });
});
