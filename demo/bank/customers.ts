/** What customers do: deposits, withdrawals and transfers at once, each under an idempotency key of its own. */
import { type ApiClient, ApiRefusal, requestsAtOnce } from '../api-client.ts';
import { createRandom } from '../simulate.ts';

export interface CustomersOptions {
  readonly api: ApiClient;
  /** Ids */
  readonly accounts: readonly string[];
  readonly commands: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Called after each command */
  readonly onFinished: (done: number) => void;
}

/** What the bank has answered. */
export interface Business {
  readonly deposits: number;
  readonly withdrawals: number;
  readonly transfers: number;
  /** Withdrawals and transfers of more than there was */
  readonly refused: number;
  /** Deposits less withdrawals, minor units */
  readonly paidIn: bigint;
}

const deposit = `mutation ($id: ID!, $amount: Money!, $key: String!) {
  deposit(accountId: $id, amount: $amount, idempotencyKey: $key) { version } }`;
const withdraw = `mutation ($id: ID!, $amount: Money!, $key: String!) {
  withdraw(accountId: $id, amount: $amount, idempotencyKey: $key) { version } }`;
const transfer = `mutation ($id: ID!, $to: ID!, $amount: Money!, $key: String!) {
  transfer(fromAccountId: $id, toAccountId: $to, amount: $amount, idempotencyKey: $key) { id } }`;

/** Up to 48 commands at a time, on accounts chosen at random. Throws what is no refusal for want of money. */
export async function doBusiness(options: CustomersOptions): Promise<Business> {
  const { api, accounts, commands, seed, signal, onFinished } = options;
  const random = createRandom(seed);
  const business = { deposits: 0, withdrawals: 0, transfers: 0, refused: 0, paidIn: 0n };
  let begun = 0;
  let done = 0;

  const doOne = async (number: number) => {
    const place = Math.floor(random() * accounts.length);
    const amount = 1 + Math.floor(random() * 20_000);
    const choice = random();
    const common = { id: accounts[place], amount: String(amount), key: `demo-${seed}-${number}` };
    if (choice < 0.35) {
      await api.call(deposit, common);
      business.deposits += 1;
      business.paidIn += BigInt(amount);
    } else if (choice < 0.6) {
      await api.call(withdraw, common);
      business.withdrawals += 1;
      business.paidIn -= BigInt(amount);
    } else {
      const other = (place + 1 + Math.floor(random() * (accounts.length - 1))) % accounts.length;
      await api.call(transfer, { ...common, to: accounts[other] });
      business.transfers += 1;
    }
  };
  const work = async () => {
    while (begun < commands && !signal.aborted) {
      begun += 1;
      await doOne(begun).catch((error) => {
        if (!(error instanceof ApiRefusal) || error.code !== 'INSUFFICIENT_FUNDS') throw error;
        business.refused += 1;
      });
      done += 1;
      onFinished(done);
    }
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, work));
  signal.throwIfAborted();
  return business;
}
