/** An aggregate for tests: it counts up and down, and never below nothing. */
import { z } from 'zod';
import { defineEvent } from '../../src/events/define-event.ts';
import { requestCause } from '../../src/events/envelope.ts';
import {
  type Aggregate,
  defineAggregate,
  fact,
  type Loaded,
  type PastEvent,
} from '../../src/history/aggregate.ts';
import { createHistory, type History } from '../../src/history/history.ts';
import { createOutbox, type Outbox } from '../../src/outbox/transaction.ts';
import { DomainError } from '../../src/platform/errors.ts';
import type { Database } from '../../src/platform/postgres.ts';

const place = { topic: 'test', aggregateType: 'counter' } as const;

/** The first version did not say why. */
export const counted = defineEvent('test.counted', z.object({ n: z.int() }), place).next(
  z.object({ n: z.int(), why: z.string() }),
  (old) => ({ ...old, why: 'unknown' }),
);
export const wiped = defineEvent('test.wiped', z.object({}), place);

export interface Count {
  readonly sum: bigint;
  readonly wipes: number;
}

const evolve = (state: Count, event: PastEvent<typeof counted | typeof wiped>): Count =>
  event.type === 'test.counted'
    ? { ...state, sum: state.sum + BigInt(event.payload.n) }
    : { sum: 0n, wipes: state.wipes + 1 };

const bigintText = z.codec(z.string(), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (value) => String(value),
});

export const every = 10;

/** Its snapshots are of this schema version, and its state of a field more or less in another. */
export const counterWith = (schemaVersion: number): Aggregate<Count, typeof counted | typeof wiped> =>
  defineAggregate({
    type: 'counter',
    events: [counted, wiped],
    initial: { sum: 0n, wipes: 0 },
    evolve,
    snapshots: { every, schemaVersion, schema: z.object({ sum: bigintText, wipes: z.int() }) },
  });

export const counter = counterWith(1);

/** The same events, read from the first one every time. */
export const { snapshots: _none, ...replayed } = counter;

export const cause = requestCause('request', 'ann');
export const t0 = new Date('2026-03-01T12:00:00.000Z');

export const openOutbox = (database: Database): Outbox => createOutbox({ ...database, nudge: () => {} });
export const openHistory = (database: Database): History => createHistory(openOutbox(database));

export interface CountOptions {
  readonly now?: Date;
  readonly expectedVersion?: number;
  readonly why?: string;
}

/** Counts by each of the numbers, in one command; refused with BELOW_NOTHING when it would come to that. */
export function count(
  history: Pick<History, 'change'>,
  id: string,
  numbers: readonly number[],
  { now = t0, expectedVersion, why = 'test' }: CountOptions = {},
): Promise<Loaded<Count>> {
  return history.change(
    cause,
    counter,
    id,
    counting(numbers, { now, why, ...(expectedVersion !== undefined && { expectedVersion }) }),
  );
}

/** The command of `count`. */
export const counting = (
  numbers: readonly number[],
  { now = t0, why = 'test', ...options }: CountOptions = {},
) => ({
  now,
  ...options,
  decide: ({ sum }: Count) => {
    const total = numbers.reduce((total, n) => total + BigInt(n), sum);
    if (total < 0n) throw new DomainError('BELOW_NOTHING', `The counter is at ${sum}.`);
    return numbers.map((n) => fact(counted, { n, why }));
  },
});
