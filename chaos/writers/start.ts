import { createRandom } from '../../demo/simulate.ts';
import type { Database } from '../../src/platform/postgres.ts';
import { contend } from './contenders.ts';
import { type Ledger, liveAsCustomer } from './customers.ts';
import { type Acknowledged, watchVideos } from './viewers.ts';

export interface WritersOptions {
  readonly seed: number;
  /** Over connections that faults reach; without it all writers use the API */
  readonly database?: Database;
  readonly chooseUrl: () => string;
}

export interface Writers extends AsyncDisposable {
  readonly acknowledged: readonly Acknowledged[];
  readonly ledger: Readonly<Ledger>;
  /** Ends the writes in hand. */
  stop(): Promise<void>;
}

const viewers = 4;
const contenders = 5;
const sharedSessions = 3;
const customers = 3;

/** Viewers and customers over the API, and contenders in this process, each with random choices of its own from the seed. */
export function startWriters({ seed, database, chooseUrl }: WritersOptions): Writers {
  const stopping = new AbortController();
  const { signal } = stopping;
  const acknowledged: Acknowledged[] = [];
  const shared = Array<string | undefined>(sharedSessions).fill(undefined);
  const ledger: Ledger = { paidIn: 0n, transfers: [] };
  const accounts: string[] = [];
  let writer = 0;
  const ownRandom = () => {
    writer += 1;
    return createRandom(seed * 1_000 + writer);
  };
  const finished = Promise.all([
    ...Array.from({ length: viewers }, (_, index) =>
      watchVideos({ userId: `viewer-${index}`, chooseUrl, random: ownRandom(), signal, acknowledged }),
    ),
    ...Array.from({ length: database ? contenders : 0 }, () =>
      contend({ database: database!, shared, random: ownRandom(), signal }),
    ),
    ...Array.from({ length: customers }, (_, index) =>
      liveAsCustomer({ name: `customer-${index}`, chooseUrl, random: ownRandom(), signal, ledger, accounts }),
    ),
  ]);
  const stop = async () => {
    stopping.abort();
    await finished;
  };
  // a writer that failed is told by `stop`, not as an unhandled rejection
  finished.catch(() => {});
  return { acknowledged, ledger, stop, [Symbol.asyncDispose]: stop };
}
