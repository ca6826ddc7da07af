/** What the worker processes of these tests run: the saga of orders, and the trouble that a test has prepared. */
import pg from 'pg';
import { sagaReaction } from '../../src/workers/saga-reaction.ts';
import { orderSaga } from './order-saga.ts';
import { type Meet, type Trouble, watch } from './watched.ts';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 });
pool.on('error', () => {});

/** Orders of which a step is about to be committed: the last thing that this process does. */
const doomed = new Set<string>();
const die = () => process.kill(process.pid, 'SIGKILL');

const meet: Meet = async (id, what, moment) => {
  const { rows } = await pool.query<{ kind: Trouble }>(
    'SELECT kind FROM trouble WHERE order_id = $1 AND what = $2',
    [id, what],
  );
  for (const { kind } of rows) {
    if (kind === `waits when ${moment}`) await waitForEver(id);
    if (moment !== 'written') continue;
    if (kind === 'fails') throw new Error(`${what} does not work today`);
    if (kind === 'crashes') die();
    if (kind === 'crashes once committed' && (await isFirst(id, what, kind))) doomed.add(id);
  }
};

async function waitForEver(id: string): Promise<never> {
  await pool.query('UPDATE trouble SET met = true WHERE order_id = $1', [id]);
  return new Promise(() => {});
}

/** Takes the trouble away, outside of the transaction. */
async function isFirst(...trouble: readonly [id: string, what: string, kind: string]): Promise<boolean> {
  const { rowCount } = await pool.query(
    'DELETE FROM trouble WHERE order_id = $1 AND what = $2 AND kind = $3',
    [...trouble],
  );
  return rowCount === 1;
}

export const reactions = [
  {
    ...sagaReaction(watch(orderSaga, meet)),
    starts: Number(process.env.STARTS ?? 50),
    concurrency: 20,
    afterCommit: (events: readonly { readonly aggregateId: string }[]) => {
      if (events.some(({ aggregateId }) => doomed.has(aggregateId))) die();
    },
  },
];
