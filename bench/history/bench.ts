/** What an event-sourced aggregate costs to change and to look at, beside emmett's event store and a plain INSERT. */
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import pg from 'pg';
import { startPostgres } from '../../dev/postgres.ts';
import { createHistory } from '../../src/history/history.ts';
import { createOutbox } from '../../src/outbox/transaction.ts';
import { openDatabase } from '../../src/platform/postgres.ts';
import { createMigratedDatabase } from '../database.ts';
import type { Bench, BenchContext, BenchResult, Case } from '../harness.ts';
import { wholeOption } from '../options.ts';
import { median, ratio } from '../stats.ts';
import { type Appender, createPlain, ofAorta, ofEmmett, ofPlainInsert } from './appenders.ts';
import { ofHotAccount } from './hot-account.ts';
import { measureThroughput, type Throughput } from './measure.ts';
import { measureReads } from './reads.ts';

export const history: Bench = {
  name: 'history',
  about: 'event-sourced aggregates: appends, loads of long ones, and many writers of one, beside emmett',
  options: {
    rounds: { value: 'N', about: 'how often each is measured, in turn', fallback: '5' },
    seconds: { value: 'N', about: 'for which each writes in a round', fallback: '2' },
    writers: { value: 'N', about: 'at once, each with accounts of its own', fallback: '16' },
    events: { value: 'N', about: 'of the long account', fallback: '10000' },
  },
  floors: [
    {
      ratio: 'appendsOverEmmett',
      atLeast: 1,
      because: 'the outbox row must not cost what a store without one saves',
    },
    { ratio: 'replayOverSnapshot', atLeast: 30, because: 'an account must not grow slow as it grows old' },
    { ratio: 'instantOverLoad', atMost: 2, because: 'the past has to be as near as the present' },
    { ratio: 'hotOverOne', atLeast: 1, because: 'writers who crowd an account must not slow it down' },
    { ratio: 'hotInProcessesOverOne', atLeast: 1, because: 'nor must they in several processes' },
    { ratio: 'rowsOverAppends', atLeast: 1, because: 'every append left its history row and its outbox row' },
    { ratio: 'rowsOverAppends', atMost: 1, because: 'and none left two' },
  ],
  run,
};

const hotWriters = 32;
const processes = 4; // that the hot account's writers are spread over

async function run({ options, progress }: BenchContext): Promise<BenchResult> {
  const rounds = wholeOption(options, 'rounds');
  const seconds = wholeOption(options, 'seconds');
  const writers = wholeOption(options, 'writers');
  const events = wholeOption(options, 'events');

  progress('starting PostgreSQL');
  await using postgres = await startPostgres({ fast: true });
  const url = await createMigratedDatabase(postgres, 'history');
  await using database = openDatabase({ url, application: 'aorta-bench', maxConnections: writers });
  const outbox = createOutbox({ ...database, nudge: () => {} });
  await using others = await openOthers(url);
  await using emmett = openEmmett(url, writers);
  const { store } = emmett;
  await store.schema.migrate();
  await database.pool.query(createPlain);

  const aorta = createHistory(outbox);
  const contestants: Readonly<Record<string, { readonly appender: Appender; readonly writers: number }>> = {
    aorta: { appender: ofAorta(aorta), writers },
    emmett: { appender: ofEmmett(store), writers },
    'plain insert': { appender: ofPlainInsert(database.pool), writers },
    'one account, one writer': { appender: ofHotAccount([aorta]), writers: 1 },
    'one account, 32 writers': { appender: ofHotAccount([aorta]), writers: hotWriters },
    'one account, 32 writers in 4 processes': {
      appender: ofHotAccount(others.histories),
      writers: hotWriters,
    },
  };
  const names = Object.keys(contestants);
  progress('warming up');
  const measured = new Map<string, Throughput[]>(names.map((name) => [name, []]));
  let appended = 0;
  const measure = async (name: string, forSeconds: number) => {
    const { appender, writers: atOnce } = contestants[name]!;
    const throughput = await measureThroughput(appender, { writers: atOnce, seconds: forSeconds });
    if (name !== 'emmett' && name !== 'plain insert') appended += throughput.written;
    return throughput;
  };
  for (const name of names) await measure(name, Math.min(seconds, 1) / 2);
  for (let round = 1; round <= rounds; round += 1) {
    for (const name of round % 2 === 1 ? names : names.toReversed()) {
      const throughput = await measure(name, seconds);
      measured.get(name)!.push(throughput);
      progress(`round ${round} of ${rounds}, ${name}: ${throughput.perSecond.toFixed(0)}/s`);
    }
  }
  const { rows } = await database.pool.query<{ rows: number }>(
    'SELECT count(*) AS rows FROM history JOIN outbox ON outbox.id = event_id AND aggregate_version = version',
  );
  const reads = await measureReads({ outbox, pool: database.pool, store, events, rounds, progress });

  const middle = (name: string, figure: keyof Throughput) =>
    median(measured.get(name)!.map((each) => each[figure]));
  /** The median of each round's own */
  const ratioOf = (one: string, other: string) =>
    median(
      measured
        .get(one)!
        .map(({ perSecond }, round) => ratio(perSecond, measured.get(other)![round]!.perSecond)),
    );
  return {
    cases: [
      ...names.map((name): Case => {
        const figures = {
          perSecond: middle(name, 'perSecond'),
          cpuMicroseconds: middle(name, 'cpuMicroseconds'),
        };
        return { name, figures };
      }),
      ...reads.cases,
    ],
    ratios: {
      appendsOverEmmett: ratioOf('aorta', 'emmett'),
      plainOverAppends: ratioOf('plain insert', 'aorta'),
      ...reads.ratios,
      hotOverOne: ratioOf('one account, 32 writers', 'one account, one writer'),
      hotInProcessesOverOne: ratioOf('one account, 32 writers in 4 processes', 'one account, one writer'),
      rowsOverAppends: ratio(rows[0]!.rows, appended),
    },
  };
}

/** Its tables are in the same database. */
function openEmmett(url: string, connections: number) {
  const pool = new pg.Pool({ connectionString: url, max: connections });
  const store = getPostgreSQLEventStore(url, { connectionOptions: { pool } });
  return { store, [Symbol.asyncDispose]: () => pool.end() };
}

/** Histories that know nothing of each other, as those of several processes. */
async function openOthers(url: string) {
  await using setup = new AsyncDisposableStack();
  const histories = Array.from({ length: processes }, () => {
    const database = setup.use(openDatabase({ url, application: 'aorta-bench', maxConnections: 4 }));
    return createHistory(createOutbox({ ...database, nudge: () => {} }));
  });
  const owned = setup.move();
  return { histories, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
