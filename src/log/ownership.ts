/**
 * Whether this database owns the log in Redis. Two things decide: does it hold the newest that Redis knows of an owner, and if
 * not, is that owner alive? Reasons and cases: docs/decisions/0027-what-is-in-redis-has-one-owner.md.
 */
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { noteRefusal, type OwnerRow, readOwnerRow } from '../outbox/owner-row.ts';
import { isElsewhere, readHome } from '../outbox/server-identity.ts';
import { isOwnerAlive, type Owner, readOwner } from './owner.ts';

export interface OwnershipSources {
  readonly pool: Pool;
  readonly redis: Redis;
  readonly logName: string;
}

/**
 * `ours`: it holds the newest that Redis knows. `vacant`: nobody has it. `heir`: it lacks something that its owner has told, and the
 * owner is silent: it went back, and its relay may take over. `waiting`: the same with an owner that may be alive.
 * `refused`: it is another database, or a copy; that stays so until somebody adopts Redis for it.
 */
export type Standing = 'ours' | 'vacant' | 'heir' | 'waiting' | 'refused';

export interface Look {
  readonly standing: Standing;
  readonly known: Owner | undefined;
  readonly row: OwnerRow;
  /** Why it is `heir`, `waiting` or `refused`, for people */
  readonly says: string;
}

export type Witness = ReturnType<typeof createWitness>;

/**
 * Looks once. The witness is what the looks before have seen. What was seen to be a copy is noted in its database, so that it
 * does not take over later, when the owner is away for a moment.
 */
export async function lookAtOwner(sources: OwnershipSources, witness: Witness): Promise<Look> {
  const { pool, redis, logName } = sources;
  // in this order: what an owner tells Redis is in its database before
  const known = await readOwner(redis, logName);
  const row = await readOwnerRow(pool);
  const look = (standing: Standing, says = ''): Look => ({ standing, known, row, says });
  if (!known) {
    // its owner is about to come back, as after a flush, unless this is another Redis
    if (!row.refused || witness.isVacantForLong()) return look('vacant');
    return look('waiting', `nobody has the log "${logName}" in Redis yet`);
  }
  witness.noteOwner();
  const owner = `generation ${known.generation}, held by ${known.holder}`;
  if (known.database !== row.database) {
    return look('refused', `the log "${logName}" in Redis is another database's (${owner})`);
  }
  if (holdsNewest(row, known)) {
    witness.forgetLife();
    return look('ours');
  }
  const lacks = `this database lacks what the owner of the log "${logName}" in Redis has (${owner}; here ${row.generation})`;
  if (row.refused || isElsewhere(known.home, await readHome(pool))) {
    return look('refused', `${lacks}: it is a copy`);
  }
  // asked last: one that tells meanwhile has another beat than the one that is known, and is not taken over
  if (!(await isOwnerAlive(redis, logName))) {
    witness.forgetLife();
    return look('heir', `${lacks}, which is silent: it went back`);
  }
  if (!witness.seesLife(known)) return look('waiting', `${lacks}, which may be alive`);
  await noteRefusal(pool);
  return look('refused', `${lacks}, which is alive: it is a copy`);
}

/** What only the owner's database, or a copy that was made since, can hold. */
function holdsNewest({ newest, previous }: OwnerRow, known: Owner): boolean {
  return [newest, previous].some((held) => held?.session === known.session && held.beat >= known.beat);
}

const vacantMs = 15_000; // how long who was refused leaves an empty Redis to its owner

/**
 * Sees whether an owner is alive while this database is there too. It takes two tellings after the first look: the second was
 * begun after the first had come, and each is written to the owner's database before.
 */
export function createWitness() {
  let seen: { readonly session: string; readonly beat: number } | undefined;
  let told = 0;
  let vacantSince: number | undefined;
  return {
    seesLife({ session, beat }: Owner): boolean {
      if (seen && (seen.session !== session || seen.beat !== beat)) told += 1;
      seen = { session, beat };
      return told >= 2;
    },
    forgetLife() {
      seen = undefined;
      told = 0;
    },
    noteOwner() {
      vacantSince = undefined;
    },
    isVacantForLong(): boolean {
      vacantSince ??= performance.now();
      return performance.now() - vacantSince > vacantMs;
    },
  };
}

export const cure =
  'Give it a LOG_NAME or a Redis of its own; or, if it is to take the place of the other, end the roles of the other and run "npm run adopt".';
