/**
 * Whether this Postgres is not the one that the log in Redis was published from: a restored backup, or a failover that
 * lost commits. Positions alone cannot tell: a sequence is logged 32 ahead, and lost positions are given out again.
 */
import type { Redis } from 'ioredis';
import type { ClientBase } from 'pg';
import type { LogKeys } from '../log/keys.ts';
import type { LogState } from '../log/publish.ts';
import { readStreams } from '../log/read-streams.ts';
import { newestPosition } from '../outbox/head.ts';
import { readLogRow } from '../outbox/log-row.ts';
import { newestEvent } from '../outbox/read-outbox.ts';
import { readSink } from '../outbox/sinks.ts';

/** A log in Redis, as it was found. */
export interface FoundLog {
  readonly redis: Redis;
  readonly keys: LogKeys;
  readonly topics: readonly string[];
  readonly state: LogState;
}

/** Asks once for the newest event, and for each that was published since Postgres last noted how far the log was. */
export async function logWasReplaced(db: ClientBase, log: FoundLog): Promise<boolean> {
  const { floor } = await readLogRow(db);
  return (await newestDiffers(db, log.state, floor)) || (await anyDiffers(db, log, floor));
}

/** The newest event up to `through` must be the newest published one, by position and id. */
async function newestDiffers(db: ClientBase, { through, newest }: LogState, floor: number): Promise<boolean> {
  if (through > (await newestPosition(db))) return true;
  const found = await newestEvent(db, through);
  if (found && found.position > Math.max(floor, newest?.position ?? 0)) return true; // nobody published it
  if (!newest || newest.position <= floor) return false; // dropped by retention: nothing left to compare
  return found?.id !== newest.id;
}

const pageSize = 1_000;

/**
 * A commit can be lost while a later position stands, whose commit was earlier. Where the checkpoint stands nothing is
 * lost up to it, as it was committed after all of that.
 */
async function anyDiffers(
  db: ClientBase,
  { redis, keys, topics, state }: FoundLog,
  floor: number,
): Promise<boolean> {
  let after = Math.max(floor, (await readSink(db, 'streams')).position);
  while (after < state.through) {
    const page = await readStreams(redis, keys, { topics, after, count: pageSize });
    if (!page?.complete || page.next === after) return false; // trimmed, or gone meanwhile: nothing to compare
    const upTo = Math.min(page.next, state.through);
    const { rows } = await db.query<{ id: string }>(
      `SELECT id FROM outbox WHERE position > $1 AND position <= $2 AND topic = ANY($3) ORDER BY position`,
      [after, upTo, topics],
    );
    const published = page.events.filter(({ position }) => position <= upTo);
    if (rows.length !== published.length || rows.some(({ id }, at) => id !== published[at]!.id)) return true;
    after = upTo;
  }
  return false;
}
