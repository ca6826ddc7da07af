import { graphql } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolverModules } from '../../../src/app/modules.ts';
import type { Context, Services } from '../../../src/resolvers/context.ts';
import { createLoaders } from '../../../src/resolvers/loaders.ts';
import { createSchema } from '../../../src/schema/load-schema.ts';
import { accounts } from '../../../src/workers/banking/accounts.ts';
import { cause, openOutbox, react } from '../../streaming/support.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { accountLog, atMinute, openBank } from './support.ts';

const schema = createSchema(resolverModules);
let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const outbox = openOutbox(testDatabase.database);
  const bank = openBank(outbox);
  await bank.open('a', 9_007_199_254_740_993n, atMinute(0), { owner: 'ann' });
  await bank.open('b', 0n, atMinute(1), { owner: 'ben', currency: 'JPY' });
  await bank.open('c', 20n, atMinute(2), { owner: 'ann' });
  await bank.transfer('t1', 'c', 'a', 50n, 'completed', atMinute(60 * 24 * 40)); // in April
  await react(outbox, accounts, await accountLog(testDatabase.database));
});
afterAll(() => testDatabase.drop());

async function ask(source: string) {
  const { prisma, pool } = testDatabase.database;
  const services = { prisma, pool } as Services; // what the reports read from
  const contextValue: Context = {
    ...{ cause, services, head: undefined, loaders: createLoaders(prisma) },
    ...{ viewer: { actor: 'ann', scope: 'ann' }, now: () => atMinute(0) },
  };
  const { data, errors } = await graphql({ schema, source, contextValue });
  return errors
    ? errors.map(({ originalError, message }) => [(originalError as { code?: string })?.code, message])
    : JSON.parse(JSON.stringify(data));
}

test('accounts are listed as any account is shown, money as text, a page after the other', async () => {
  const list = (args: string) =>
    ask(`{ accounts(${args}) { edges { node { id owner currency balance overdraftLimit minorUnitDigits status version openedAt updatedAt } }
                               pageInfo { hasNextPage endCursor } } }`);
  const first = await list('orderBy: BALANCE_DESC, first: 1, status: OPEN');
  expect(first.accounts).toEqual({
    edges: [
      {
        node: {
          ...{ id: 'a', owner: 'ann', currency: 'EUR', balance: '9007199254741043', overdraftLimit: '50000' },
          ...{ minorUnitDigits: 2, status: 'OPEN', version: 2 },
          ...{ openedAt: '2026-03-01T12:00:00.000Z', updatedAt: '2026-04-10T12:00:00.000Z' },
        },
      },
    ],
    pageInfo: { hasNextPage: true, endCursor: expect.any(String) },
  });
  const rest = await list(`orderBy: BALANCE_DESC, after: "${first.accounts.pageInfo.endCursor}"`);
  expect(rest.accounts.edges.map(({ node }: { node: { id: string } }) => node.id)).toEqual(['b', 'c']);
  const ofAnn = await list('owner: "ann", currency: "EUR", maxBalance: "-1"');
  expect(ofAnn.accounts.edges.map(({ node }: { node: { id: string } }) => node.id)).toEqual(['c']);
});

test('a statement adds up, and each movement says where it came from', async () => {
  const statement = (month: string) =>
    ask(`{ accountStatement(id: "c", month: "${month}") {
             account { owner currency version } month opening closing totalIn totalOut
             movements { edges { node { version at kind amount balance description transferId counterpartyId } } } } }`);
  const account = { owner: 'ann', currency: 'EUR', version: 2 };
  const none = { description: null, transferId: null, counterpartyId: null };
  expect(await statement('2026-03')).toEqual({
    accountStatement: {
      ...{ account, month: '2026-03', opening: '0', closing: '20', totalIn: '20', totalOut: '0' },
      movements: {
        edges: [
          {
            node: {
              ...none,
              version: 1,
              at: '2026-03-01T12:02:00.000Z',
              kind: 'OPENED',
              amount: '20',
              balance: '20',
            },
          },
        ],
      },
    },
  });
  expect(await statement('2026-04')).toMatchObject({
    accountStatement: {
      ...{ opening: '20', closing: '-30', totalIn: '0', totalOut: '50' },
      movements: {
        edges: [
          {
            node: {
              kind: 'TRANSFER_SENT',
              amount: '-50',
              balance: '-30',
              transferId: 't1',
              counterpartyId: 'a',
            },
          },
        ],
      },
    },
  });
});

test.each([
  [
    'accountStatement(id: "c", month: "April") { month }',
    'BAD_USER_INPUT',
    'month must be a year before 3000 and a month',
  ],
  ['accountStatement(id: "x", month: "2026-04") { month }', 'NOT_FOUND', 'There is no account "x".'],
  [
    'accountStatement(id: "c", month: "2026-04", first: 0) { month }',
    'BAD_USER_INPUT',
    'first must be from 1',
  ],
  ['accounts(first: 501) { pageInfo { endCursor } }', 'BAD_USER_INPUT', 'first must be from 1 to 500'],
  [
    'accounts(minBalance: "1e3") { pageInfo { endCursor } }',
    'BAD_USER_INPUT',
    'minBalance must be a whole number',
  ],
])('%s is refused with %s', async (field, code, message) => {
  expect(await ask(`{ ${field} }`)).toEqual([[code, expect.stringContaining(message)]]);
});
