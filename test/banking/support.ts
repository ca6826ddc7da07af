/** How the bank's tests use it: as its customers do, through the public API, or by its commands on a database. */
import { requestCause } from '../../src/events/envelope.ts';
import { createHistory, type History } from '../../src/history/history.ts';
import { createOutbox } from '../../src/outbox/transaction.ts';
import type { Database } from '../../src/platform/postgres.ts';
import { request } from '../support/graphql-client.ts';
import { until } from '../support/until.ts';

export const cause = requestCause('test', 'tester');
export const t0 = new Date('2026-03-01T12:00:00.000Z');
export const atSecond = (seconds: number) => new Date(t0.getTime() + seconds * 1_000);
export const noAccount = '01900000-0000-7000-8000-000000000000';

export const openHistory = (database: Database): History =>
  createHistory(createOutbox({ ...database, nudge: () => {} }));

export interface ShownAccount {
  readonly id: string;
  readonly balance: string;
  readonly version: number;
  readonly status: 'OPEN' | 'CLOSED';
  readonly openedAt: string;
  readonly updatedAt: string;
}

export interface ShownTransfer {
  readonly id: string;
  readonly status: 'PENDING' | 'COMPLETED' | 'REFUNDED' | 'FAILED';
  readonly reason: string | null;
}

/** What the API refused with: `code`, and whatever else its extensions say. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly code: unknown;

  constructor({ message, extensions }: { message: string; extensions: Record<string, unknown> }) {
    super(message);
    this.extensions = extensions;
    this.code = extensions.code;
  }
}

const account =
  '{ id owner currency balance overdraftLimit minorUnitDigits status version openedAt updatedAt }';
const transfer = '{ id fromAccountId toAccountId amount currency status reason createdAt updatedAt }';

interface Movement {
  readonly accountId: string;
  readonly amount: string;
  readonly description?: string;
  readonly expectedVersion?: number;
  readonly idempotencyKey?: string;
}

/** A customer of the bank behind this API. All throw Refused. */
export function createCustomer(apiUrl: string) {
  const ask = async (query: string, variables: object = {}) => {
    const { data, errors } = await request(apiUrl, query, variables);
    if (errors) throw new Refused(errors[0]!);
    return data;
  };
  const move =
    (field: 'deposit' | 'withdraw') =>
    async (movement: Movement): Promise<ShownAccount> => {
      const data = await ask(
        `mutation ($accountId: ID!, $amount: Money!, $description: String, $expectedVersion: Int, $idempotencyKey: String) {
           ${field}(accountId: $accountId, amount: $amount, description: $description,
                    expectedVersion: $expectedVersion, idempotencyKey: $idempotencyKey) ${account} }`,
        movement,
      );
      return data[field];
    };
  return {
    ask,
    deposit: move('deposit'),
    withdraw: move('withdraw'),
    async open(
      args: {
        owner?: string;
        currency?: string;
        initialDeposit?: string;
        overdraftLimit?: string;
        idempotencyKey?: string;
      } = {},
    ): Promise<ShownAccount> {
      const data = await ask(
        `mutation ($owner: String!, $currency: String! = "EUR", $initialDeposit: Money! = "0",
                   $overdraftLimit: Money! = "0", $idempotencyKey: String) {
           openAccount(owner: $owner, currency: $currency, initialDeposit: $initialDeposit,
                       overdraftLimit: $overdraftLimit, idempotencyKey: $idempotencyKey) ${account} }`,
        { owner: 'Ada', ...args },
      );
      return data.openAccount;
    },
    async close(accountId: string, idempotencyKey?: string): Promise<ShownAccount> {
      const data = await ask(
        `mutation ($id: ID!, $idempotencyKey: String) {
           closeAccount(accountId: $id, idempotencyKey: $idempotencyKey) ${account} }`,
        { id: accountId, idempotencyKey },
      );
      return data.closeAccount;
    },
    async account(id: string, moment: { at?: string; version?: number } = {}): Promise<ShownAccount> {
      const data = await ask(
        `query ($id: ID!, $at: DateTime, $version: Int) { account(id: $id, at: $at, version: $version) ${account} }`,
        { id, ...moment },
      );
      return data.account;
    },
    async transfer(
      fromAccountId: string,
      toAccountId: string,
      amount: string,
      idempotencyKey?: string,
    ): Promise<ShownTransfer> {
      const data = await ask(
        `mutation ($fromAccountId: ID!, $toAccountId: ID!, $amount: Money!, $idempotencyKey: String) {
           transfer(fromAccountId: $fromAccountId, toAccountId: $toAccountId, amount: $amount,
                    idempotencyKey: $idempotencyKey) ${transfer} }`,
        { fromAccountId, toAccountId, amount, idempotencyKey },
      );
      return data.transfer;
    },
    async transferOf(id: string): Promise<ShownTransfer> {
      return (await ask(`query ($id: ID!) { transfer(id: $id) ${transfer} }`, { id })).transfer;
    },
  };
}

export type Customer = ReturnType<typeof createCustomer>;

/** Waits until a transfer is at its end, and gives it. */
export async function settled(customer: Customer, id: string): Promise<ShownTransfer> {
  let seen: ShownTransfer | undefined;
  return until(
    async () => {
      seen = await customer.transferOf(id);
      return seen.status !== 'PENDING' && seen;
    },
    { message: () => `the transfer comes to its end; so far ${JSON.stringify(seen)}` },
  );
}

/** Keeps everybody from changing the account, as somebody does who is changing it and takes long. */
export async function holdAccount({ pool }: Database, id: string) {
  const client = await pool.connect();
  const key = [`account ${id}`];
  await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', key);
  let isHeld = true;
  const release = async () => {
    if (!isHeld) return;
    isHeld = false;
    await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', key);
    client.release();
  };
  return {
    release,
    /** Resolves when somebody waits for the account. */
    isWaitedFor: () =>
      until(
        async () =>
          (
            await pool.query(
              `SELECT FROM pg_locks
                WHERE locktype = 'advisory' AND NOT granted AND (classid::bigint << 32) | objid::bigint = hashtextextended($1, 0)`,
              key,
            )
          ).rowCount,
        { message: `somebody waits for account ${id}` },
      ),
    [Symbol.asyncDispose]: release,
  };
}
