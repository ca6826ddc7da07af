/** How long it takes to look at an account of thousands of events. */
import type { PostgresEventStore } from '@event-driven-io/emmett-postgresql';
import type { Pool } from 'pg';
import { load } from '../../src/history/load.ts';
import type { Outbox } from '../../src/outbox/transaction.ts';
import type { BenchContext, BenchResult } from '../harness.ts';
import { median, ratio } from '../stats.ts';
import { account, add, replayed } from './account.ts';
import type { MoneyIn } from './appenders.ts';
import { writeLongAccount, writeLongStream } from './long-accounts.ts';
import { timeInTurn } from './measure.ts';

export interface Reads {
  readonly outbox: Outbox;
  readonly pool: Pool;
  readonly store: PostgresEventStore;
  readonly events: number;
  readonly rounds: number;
  readonly progress: BenchContext['progress'];
}

const quickReads = 100; // of each kind in a round
const slowReads = 5;

/** Checks what is read too: a balance that is not the same for all ends the bench with an error. */
export async function measureReads(options: Reads): Promise<BenchResult> {
  const { outbox, pool, store, events: least, rounds, progress } = options;
  progress(`writing an account of ${least} events`);
  const long = await writeLongAccount(outbox, pool, least);
  const stream = await writeLongStream(store, long);
  const { id, events } = long;
  const balance = (await load(outbox.read, replayed, id)).state.balance;

  const expectBalance = (found: bigint | undefined) => {
    if (found !== balance) throw new Error(`the balance is ${found}, and should be ${balance}`);
  };
  const evolve = (state: typeof account.initial, event: MoneyIn) => add(state, event.data.amount);
  const quick = {
    snapshot: async () => expectBalance((await load(outbox.read, account, id)).state.balance),
    instant: () => load(outbox.read, account, id, { at: long.randomInstant() }),
  };
  const slow = {
    replay: async () => expectBalance((await load(outbox.read, replayed, id)).state.balance),
    emmettAggregate: async () => {
      const found = await store.aggregateStream<typeof account.initial, MoneyIn>(stream, {
        evolve,
        initialState: () => account.initial,
      });
      expectBalance(found.state.balance);
    },
    emmettRead: () => store.readStream<MoneyIn>(stream),
  };
  await timeInTurn(quick, quickReads);
  await timeInTurn(slow, 1);
  const took: Record<keyof typeof quick | keyof typeof slow, number>[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const times = { ...(await timeInTurn(quick, quickReads)), ...(await timeInTurn(slow, slowReads)) };
    took.push(times);
    progress(
      `round ${round} of ${rounds}: load ${times.snapshot.toFixed(2)} ms, at an instant ${times.instant.toFixed(2)} ms, ` +
        `replay ${times.replay.toFixed(0)} ms, emmett ${times.emmettAggregate.toFixed(0)} ms`,
    );
  }
  const ms = (name: keyof (typeof took)[number]) => median(took.map((times) => times[name]));
  const over = (one: keyof (typeof took)[number], other: keyof (typeof took)[number]) =>
    median(took.map((times) => ratio(times[one], times[other])));
  return {
    cases: [
      { name: 'load through a snapshot', figures: { events, ms: ms('snapshot') } },
      { name: 'load at an instant', figures: { events, ms: ms('instant') } },
      { name: 'replay', figures: { events, ms: ms('replay') } },
      { name: 'emmett aggregateStream', figures: { events, ms: ms('emmettAggregate') } },
      { name: 'emmett readStream', figures: { events, ms: ms('emmettRead') } },
    ],
    ratios: {
      replayOverSnapshot: over('replay', 'snapshot'),
      instantOverLoad: over('instant', 'snapshot'),
      emmettOverReplay: over('emmettAggregate', 'replay'),
      emmettOverSnapshot: over('emmettAggregate', 'snapshot'),
    },
  };
}
