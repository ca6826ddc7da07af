/**
 * Customers of the bank who use the public API, each command with a key of its own: it is asked for again until it is
 * answered, so that every customer knows what there has to be on all accounts together, to the cent.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ask, Refusal } from './ask.ts';

/** What the customers were told by the bank. */
export interface Ledger {
  /** Deposits less withdrawals, minor units */
  paidIn: bigint;
  /** Ids of transfers that were accepted */
  readonly transfers: string[];
}

export interface CustomerOptions {
  readonly name: string;
  readonly chooseUrl: () => string;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly ledger: Ledger;
  /** Open accounts of all customers */
  readonly accounts: string[];
}

const paceMs = 60;
const retryMs = 100;
const stubbornMs = 90_000; // with the command in hand when the writers are stopped: no fault is left by then

const commands = {
  open: `mutation ($owner: String!, $amount: Money!, $key: String!) {
    done: openAccount(owner: $owner, initialDeposit: $amount, overdraftLimit: "5000", idempotencyKey: $key) { id } }`,
  deposit: `mutation ($id: ID!, $amount: Money!, $key: String!) {
    done: deposit(accountId: $id, amount: $amount, idempotencyKey: $key) { id } }`,
  withdraw: `mutation ($id: ID!, $amount: Money!, $key: String!) {
    done: withdraw(accountId: $id, amount: $amount, idempotencyKey: $key) { id } }`,
  transfer: `mutation ($id: ID!, $to: ID!, $amount: Money!, $key: String!) {
    done: transfer(fromAccountId: $id, toAccountId: $to, amount: $amount, idempotencyKey: $key) { id } }`,
  close:
    'mutation ($id: ID!, $key: String!) { done: closeAccount(accountId: $id, idempotencyKey: $key) { id } }',
} as const;

/** Moves money until the signal, on an account that is closed now and then and followed by another. */
export async function bank(options: CustomerOptions): Promise<void> {
  const { name, random, signal, ledger, accounts } = options;
  let count = 0;
  /** Gives the id of what was done; undefined when it was refused. */
  const insist = async (command: keyof typeof commands, variables: object): Promise<string | undefined> => {
    count += 1;
    return insistOn(options, commands[command], { ...variables, key: `${name}-${count}` });
  };
  const open = async () => {
    const id = await insist('open', { owner: name, amount: '10000' });
    if (id === undefined) throw new Error(`${name} may not open an account`);
    ledger.paidIn += 10_000n;
    accounts.push(id);
    return id;
  };

  let own = await open();
  while (!signal.aborted) {
    const amount = 1 + Math.floor(random() * 4_000);
    const choice = random();
    const variables = { id: own, amount: String(amount) };
    if (choice < 0.3) {
      if (await insist('deposit', variables)) ledger.paidIn += BigInt(amount);
    } else if (choice < 0.5) {
      if (await insist('withdraw', variables)) ledger.paidIn -= BigInt(amount);
    } else if (choice < 0.94) {
      const others = accounts.filter((id) => id !== own);
      const to = others[Math.floor(random() * others.length)];
      const id = to && (await insist('transfer', { ...variables, to }));
      if (id) ledger.transfers.push(id);
    } else if (await insist('close', { id: own })) {
      // it stays among those that money is sent to for a while: what is sent to it has to come back
      const closed = own;
      own = await open();
      if (accounts.length > 8) accounts.splice(accounts.indexOf(closed), 1);
    }
    await delay(random() * paceMs);
  }
}

/** Gives undefined when the bank refused. Throws when there is no answer long after the writers were stopped. */
async function insistOn(
  { chooseUrl, signal }: CustomerOptions,
  query: string,
  variables: object,
): Promise<string | undefined> {
  let stoppedAt: number | undefined;
  for (;;) {
    try {
      const { done } = await ask<{ done: { id: string } }>({ chooseUrl, query, variables });
      return done.id;
    } catch (error) {
      if (error instanceof Refusal && refusals.includes(error.code)) return undefined;
      if (signal.aborted) stoppedAt ??= Date.now();
      if (stoppedAt !== undefined && Date.now() - stoppedAt > stubbornMs) throw error;
    }
    await delay(retryMs);
  }
}

/** What the bank says no with; everything else is a fault, after which it is asked again. */
const refusals = ['INSUFFICIENT_FUNDS', 'ACCOUNT_CLOSED'];
