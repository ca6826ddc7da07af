/**
 * Up to which position the outbox can be read without missing an event that commits late.
 *
 * Every writer holds a shared advisory lock from before its first position until it has committed. A candidate H is the
 * newest position that was given out; it is safe once none of the transactions that held the lock just after H was read is left.
 * (The usual alternative, ordering by xid below pg_snapshot_xmin, reorders events of one aggregate.)
 */
import type { Pool, PoolClient } from 'pg';

/**
 * Rows at or below the result are all visible to any statement that starts later. Only ever grows: it throws when the
 * sequence has gone back, and is of no use from then on, as Postgres is not the one that it has learnt of.
 */
export interface Horizon {
  advance(): Promise<number>;
  /** The transactions that the newest candidate still waits for, as `virtualtransaction` of pg_locks. */
  readonly waitingFor: readonly string[];
}

interface Candidate {
  readonly position: number;
  writers: readonly string[];
}

/** Keeps a bound for one reader. Ask it of the primary only. */
export function createHorizon(db: Pool | PoolClient, start = 0): Horizon {
  let safe = start;
  let newest = 0;
  let candidates: Candidate[] = [];
  return {
    get waitingFor() {
      return candidates[0]?.writers ?? [];
    },
    async advance() {
      const { rows } = await db.query<{ horizon: number; writers: string[] }>(
        'SELECT horizon, writers FROM outbox_horizon()',
      );
      const { horizon, writers } = rows[0]!;
      if (horizon < newest) throw new Error(`the outbox went back from position ${newest} to ${horizon}`);
      newest = horizon;
      const running = new Set(writers);
      for (const candidate of candidates) {
        candidate.writers = candidate.writers.filter((writer) => running.has(writer));
        if (candidate.writers.length === 0) safe = Math.max(safe, candidate.position);
      }
      if (writers.length === 0) safe = Math.max(safe, horizon);
      candidates = candidates.filter((candidate) => candidate.position > safe);
      // the oldest ones are kept: they are the next to become safe, and must not give way to newer ones for ever
      if (horizon > (candidates.at(-1)?.position ?? safe) && candidates.length < maxCandidates) {
        candidates.push({ position: horizon, writers });
      }
      return safe;
    },
  };
}

const maxCandidates = 64;
