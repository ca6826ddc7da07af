/** What everybody appends: a deposit into an account, about 150 bytes of payload. */
import { z } from 'zod';
import { defineEvent } from '../../src/events/define-event.ts';
import { type Aggregate, defineAggregate, type PastEvent } from '../../src/history/aggregate.ts';

export const moneyIn = defineEvent(
  'bench.money_in',
  z.object({ accountId: z.string(), amount: z.string(), currency: z.string(), description: z.string() }),
  { topic: 'bench', aggregateType: 'account', keys: { account: ({ accountId }) => accountId } },
);

export interface Account {
  readonly balance: bigint;
  readonly deposits: number;
}

const initial: Account = { balance: 0n, deposits: 0 };

/** The same for everybody. */
export const add = ({ balance, deposits }: Account, amount: string): Account => ({
  balance: balance + BigInt(amount),
  deposits: deposits + 1,
});

export const every = 100; // events from one snapshot to the next

/** The account without snapshots: read from its first event. */
export const replayed: Aggregate<Account, typeof moneyIn> = {
  type: 'account',
  events: [moneyIn],
  initial,
  evolve: (state, { payload }: PastEvent<typeof moneyIn>) => add(state, payload.amount),
};

const bigintText = z.codec(z.string(), z.bigint(), { decode: (text) => BigInt(text), encode: String });

export const account = defineAggregate({
  ...replayed,
  snapshots: { every, schemaVersion: 1, schema: z.object({ balance: bigintText, deposits: z.int() }) },
});

export const payloadOf = (accountId: string, n: number) => ({
  accountId,
  amount: String(100 + (n % 900)),
  currency: 'EUR',
  description: 'a deposit of the bench, as long as what people write in such a field',
});
