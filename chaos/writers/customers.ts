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

interface Asked {
  readonly query: string;
  readonly variables: object;
  /** What the ledger notes once it is known to be done; given the id of what was made or changed */
  readonly done: (id: string) => void;
}

/** Refused for sure, or after a try that was not answered, and may still be done. */
interface Refused {
  readonly code: string;
  readonly isSure: boolean;
}

/** Moves money until the signal, on an account that is closed now and then and followed by another. */
export async function liveAsCustomer(options: CustomerOptions): Promise<void> {
  const { name, random, signal, ledger, accounts } = options;
  const unsure: Asked[] = [];
  let count = 0;
  const insist = async (
    command: keyof typeof commands,
    variables: object,
    done: (id: string) => void,
  ): Promise<Refused | undefined> => {
    count += 1;
    const asked = { query: commands[command], variables: { ...variables, key: `${name}-${count}` }, done };
    const refused = await insistOn(options, asked);
    if (refused?.isSure === false) unsure.push(asked);
    return refused;
  };
  const open = async () => {
    let own = '';
    const refused = await insist('open', { owner: name, amount: '10000' }, (id) => {
      ledger.paidIn += 10_000n;
      accounts.push(id);
      own = id;
    });
    if (refused) throw new Error(`${name} may not open an account: ${refused.code}`);
    return own;
  };
  const act = (own: string) => {
    const amount = 1 + Math.floor(random() * 4_000);
    const choice = random();
    const variables = { id: own, amount: String(amount) };
    const paidIn = (sign: bigint) => () => {
      ledger.paidIn += sign * BigInt(amount);
    };
    if (choice < 0.3) return insist('deposit', variables, paidIn(1n));
    if (choice < 0.5) return insist('withdraw', variables, paidIn(-1n));
    if (choice >= 0.94) return insist('close', { id: own }, () => {});
    const others = accounts.filter((id) => id !== own);
    const to = others[Math.floor(random() * others.length)];
    return to && insist('transfer', { ...variables, to }, (id) => ledger.transfers.push(id));
  };

  let own = await open();
  while (!signal.aborted) {
    const refused = await act(own);
    if (refused && refused.code === 'ACCOUNT_CLOSED') {
      // it stays among those that money is sent to for a while: what is sent to it has to come back
      const closed = own;
      own = await open();
      if (accounts.length > 8) accounts.splice(accounts.indexOf(closed), 1);
    }
    await delay(random() * paceMs);
  }
  // no fault is left by now: what was still on its way has been done, or never will be
  for (const asked of unsure) await insistOn(options, asked);
}

/**
 * Asks until there is an answer, and gives the refusal if it is one. Throws when there is none long after the writers were
 * stopped.
 */
async function insistOn(
  { chooseUrl, signal }: CustomerOptions,
  { query, variables, done }: Asked,
): Promise<Refused | undefined> {
  let stoppedAt: number | undefined;
  for (let isSure = true; ; isSure = false) {
    try {
      const answer = await ask<{ done: { id: string } }>({ chooseUrl, query, variables });
      done(answer.done.id);
      return undefined;
    } catch (error) {
      if (error instanceof Refusal && refusals.includes(error.code)) return { code: error.code, isSure };
      if (signal.aborted) stoppedAt ??= Date.now();
      if (stoppedAt !== undefined && Date.now() - stoppedAt > stubbornMs) throw error;
    }
    await delay(retryMs);
  }
}

/** What the bank says no with; everything else is a fault, after which it is asked again. */
const refusals = ['INSUFFICIENT_FUNDS', 'ACCOUNT_CLOSED'];
