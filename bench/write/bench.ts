/** What a mutation costs that writes state and an event: with `record`, by hand, in one statement, and without Prisma. */
import { startPostgres } from '../../dev/postgres.ts';
import { openDatabase } from '../../src/platform/postgres.ts';
import { createMigratedDatabase } from '../database.ts';
import type { Bench, BenchContext, BenchResult, Case } from '../harness.ts';
import { wholeOption } from '../options.ts';
import { median, ratio } from '../stats.ts';
import { measurePairs, measureThroughput, type Throughput } from './measure.ts';
import { createSessions } from './sessions.ts';
import { type WayName, waysToWrite } from './ways.ts';

const sessionCount = 1_000;

export const write: Bench = {
  name: 'write',
  about:
    'a mutation that writes state and an event: by `record`, by hand, in one statement, and without Prisma',
  options: {
    rounds: { value: 'N', about: 'how often each is measured, in turn', fallback: '5' },
    seconds: { value: 'N', about: 'for which each writes in a round', fallback: '2' },
    'at-once': { value: 'N', about: 'mutations under way at any time', fallback: '16' },
    pairs: { value: 'N', about: 'of one write by `record` and one by hand, in a round', fallback: '300' },
  },
  floors: [
    {
      ratio: 'recordOverByHand',
      atMost: 1.15,
      because: 'who has to pay for the safe way takes the other one',
    },
    {
      ratio: 'oneStatementOverInteractive',
      atLeast: 2.5,
      because: 'a second way to write has to earn its place',
    },
    { ratio: 'eventsOverWrites', atLeast: 1, because: 'every write left its event' },
    { ratio: 'eventsOverWrites', atMost: 1, because: 'and none left two' },
  ],
  run,
};

async function run({ options, progress }: BenchContext): Promise<BenchResult> {
  const rounds = wholeOption(options, 'rounds');
  const seconds = wholeOption(options, 'seconds');
  const atOnce = wholeOption(options, 'at-once');
  const pairs = wholeOption(options, 'pairs');

  progress('starting PostgreSQL');
  await using postgres = await startPostgres({ fast: true });
  const url = await createMigratedDatabase(postgres, 'write');
  await using database = openDatabase({ url, application: 'aorta-bench', maxConnections: atOnce });
  const sessions = await createSessions(database.pool, sessionCount);
  const ways = waysToWrite(database);
  const names = Object.keys(ways) as WayName[];

  progress('warming up');
  let writes = 0;
  const measure = async (name: WayName, forSeconds: number) => {
    const throughput = await measureThroughput(ways[name], { sessions, atOnce, seconds: forSeconds });
    writes += throughput.written;
    return throughput;
  };
  for (const name of names) await measure(name, 1);
  const measured = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    WayName,
    Throughput[]
  >;
  const paired: { recordedMs: number; byHandMs: number }[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const name of round % 2 === 1 ? names : names.toReversed()) {
      const throughput = await measure(name, seconds);
      measured[name].push(throughput);
      progress(`round ${round} of ${rounds}, ${name}: ${throughput.perSecond.toFixed(0)}/s`);
    }
    const { oneMs, otherMs } = await measurePairs(ways.recorded, ways.byHand, { sessions, pairs });
    writes += 2 * pairs;
    paired.push({ recordedMs: oneMs, byHandMs: otherMs });
    progress(
      `round ${round} of ${rounds}, pairs: record ${oneMs.toFixed(3)} ms, by hand ${otherMs.toFixed(3)} ms`,
    );
  }
  const { rows } = await database.pool.query<{ events: number }>('SELECT count(*) AS events FROM outbox');

  const middle = (name: WayName, figure: keyof Throughput) =>
    median(measured[name].map((each) => each[figure]));
  const alone = { recorded: 'recordedMs', byHand: 'byHandMs' } as const;
  return {
    cases: names.map((name): Case => {
      const perSecond = middle(name, 'perSecond');
      const figures = { perSecond, cpuMicroseconds: middle(name, 'cpuMicroseconds') };
      if (name !== 'recorded' && name !== 'byHand') return { name, figures };
      return { name, figures: { ...figures, aloneMs: median(paired.map((each) => each[alone[name]])) } };
    }),
    ratios: {
      recordOverByHand: median(paired.map((each) => ratio(each.recordedMs, each.byHandMs))),
      oneStatementOverInteractive: median(
        measured.oneStatement.map((each, round) =>
          ratio(each.perSecond, measured.interactive[round]!.perSecond),
        ),
      ),
      plainPgOverOneStatement: ratio(middle('plainPg', 'perSecond'), middle('oneStatement', 'perSecond')),
      eventsOverWrites: ratio(rows[0]!.events, writes),
    },
  };
}
