/** Tells what a session waits for, and how far its work is, seen from another session. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientBase } from 'pg';

const everyMs = 50; // a few times in each wait for a lock

export interface Watch {
  /** As the session was last seen waiting; none when it was not */
  readonly wait: string | undefined;
  stop(): Promise<void>;
}

/** Looks at the session until it is stopped. `works` hears every so often how far a long statement is. */
export function watchSession(watcher: ClientBase, pid: number, works: (how: string) => void): Watch {
  const ending = new AbortController();
  let wait: string | undefined;
  let toldAt = performance.now();
  const look = async () => {
    wait = (await describeWait(watcher, pid)) ?? wait;
    if (performance.now() - toldAt < tellEveryMs) return;
    toldAt = performance.now();
    works(await describeWork(watcher, pid));
  };
  const looking = (async () => {
    while (await delay(everyMs, true, { signal: ending.signal }).catch(() => false)) {
      await look().catch(() => {}); // whoever watches is not needed for the work
    }
  })();
  return {
    get wait() {
      return wait;
    },
    stop() {
      ending.abort();
      return looking;
    },
  };
}

export const tellEveryMs = 10_000;

interface Holder {
  readonly pid: number;
  readonly application: string | null;
  readonly seconds: number | null;
  readonly query: string | null;
}

/** Who a process is, how long its transaction lasts, and what it does. */
const holderColumns = `pid, nullif(application_name, '') AS application,
  extract(epoch FROM clock_timestamp() - xact_start)::int AS seconds,
  left(regexp_replace(query, '\\s+', ' ', 'g'), 80) AS query`;

async function describeWait(watcher: ClientBase, pid: number): Promise<string | undefined> {
  const { rows } = await watcher.query<Holder & { what: string | null }>(
    `SELECT ${holderColumns},
            (SELECT relation::regclass::text FROM pg_locks AS l WHERE l.pid = $1 AND NOT granted LIMIT 1) AS what
       FROM unnest(pg_blocking_pids($1)) AS holder (pid) LEFT JOIN pg_stat_activity USING (pid)
      ORDER BY xact_start LIMIT 3`,
    [pid],
  );
  if (rows.length === 0) return undefined;
  const pids = rows.map((holder) => holder.pid).filter((holder) => holder > 0);
  const cure = pids.map((holder) => `SELECT pg_terminate_backend(${holder})`).join('; ');
  return `${rows[0]!.what ?? 'a lock'} is in use by ${rows.map(describeHolder).join(' and ')}. It goes on when that ends; to end it: ${cure || 'ROLLBACK PREPARED, see pg_prepared_xacts'}`;
}

/** Who holds the lock by which those that migrate take turns. */
export async function describeTurn(watcher: ClientBase, lock: bigint): Promise<string> {
  const { rows } = await watcher.query<Holder>(
    `SELECT ${holderColumns}
       FROM pg_locks JOIN pg_stat_activity USING (pid)
      WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND pid <> pg_backend_pid()
        AND (classid::bigint << 32) | objid::bigint = $1
        AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [lock],
  );
  const [holder] = rows;
  if (!holder) return 'another migrate was at work';
  return `another migrate is at work: ${describeHolder(holder)}. It goes on when that is done; if it hangs: SELECT pg_terminate_backend(${holder.pid})`;
}

function describeHolder({ pid, application, seconds, query }: Holder): string {
  if (pid === 0) return 'a prepared transaction';
  const since = seconds === null ? '' : `, its transaction lasts for ${seconds} s`;
  return `pid ${pid} (${application ?? 'without a name'}${since}${query ? `, ${query}` : ''})`;
}

/** Indexes are what takes long; of the rest PostgreSQL knows no progress. */
async function describeWork(watcher: ClientBase, pid: number): Promise<string> {
  const { rows } = await watcher.query<{ how: string }>(
    `SELECT format('makes an index of %s, %s', relid::regclass, phase)
              || CASE WHEN blocks_total > 0 THEN format(': %s of %s blocks', blocks_done, blocks_total)
                      WHEN tuples_total > 0 THEN format(': %s of %s rows', tuples_done, tuples_total) ELSE '' END AS how
       FROM pg_stat_progress_create_index WHERE pid = $1`,
    [pid],
  );
  return rows[0]?.how ?? 'at work';
}
