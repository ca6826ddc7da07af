/**
 * The leading relay makes its database the owner of the log in Redis, and tells that it lives for as long as it leads. Both are
 * written to Postgres first and to Redis second: Redis never knows what the owner's database does not hold.
 */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { type Owner, replaceOwner, tellOwner } from '../log/owner.ts';
import { createWitness, type Look, lookAtOwner, type OwnershipSources } from '../log/ownership.ts';
import { countBeat, type OwnerRow, takeOwnerRow } from '../outbox/owner-row.ts';
import { readHome } from '../outbox/server-identity.ts';
import type { Logger } from '../platform/logger.ts';
import { type Loop, startLoop } from '../platform/loop.ts';

export interface OwnershipOptions extends OwnershipSources {
  readonly redis: Redis;
  /** Names this relay to others */
  readonly application: string;
  readonly logger: Logger;
  /** Begins what only an owner may do, once it is one; the result ends it. Called again each time that it is one again. */
  readonly whileOwned: () => { stop(): Promise<void> };
}

const beatMs = 2_000; // a third of what makes it silent
const waitingMs = 500;

/** Takes over as soon as it may; ends what was begun when another database has taken over, and when it is stopped. */
export function holdOwnership(options: OwnershipOptions): Loop {
  const { pool, redis, logName, logger, whileOwned } = options;
  const witness = createWitness();
  let owner: Owner | undefined;
  let work: ReturnType<typeof whileOwned> | undefined;
  const endWork = async () => {
    const ending = work;
    work = undefined;
    await ending?.stop();
  };
  const loop = startLoop({
    name: 'relay.owner',
    logger,
    async turn(signal) {
      if (owner) {
        const next = await countBeat(pool, owner);
        owner = next && { ...owner, ...next };
        if (owner && (await tellOwner(redis, logName, owner))) return beatMs;
        owner = undefined;
      }
      await endWork();
      const look = await lookAtOwner(options, witness);
      if (!mayTake(look)) return waitingMs;
      owner = await takeOver(options, look);
      if (!owner) return waitingMs; // another was quicker, or told just now
      logger.info(
        { generation: owner.generation, session: owner.session, found: look.standing },
        'owner.taken_over',
      );
      if (!signal.aborted) work = whileOwned();
      return beatMs;
    },
  });
  return {
    wake: loop.wake,
    async stop() {
      const ending = endWork();
      await loop.stop();
      await ending;
    },
  };
}

const mayTake = ({ standing }: Look) => standing === 'ours' || standing === 'vacant' || standing === 'heir';

/** Also over what is not `mayTake`: that is for a person to say. Undefined when either store has changed since the look. */
export async function takeOver(
  { pool, redis, logName, application }: Omit<OwnershipOptions, 'logger' | 'whileOwned'>,
  { standing, known, row }: Look,
): Promise<Owner | undefined> {
  const owner: Owner = {
    database: row.database,
    generation: Math.max(row.generation, known?.generation ?? 0) + 1,
    session: randomUUID(),
    beat: 0,
    home: await readHome(pool),
    holder: application,
  };
  const taken = await takeOwnerRow(pool, row, {
    session: owner.session,
    generation: owner.generation,
    previous: known && { session: known.session, beat: newestOf(row, known) },
    lostSome: known !== undefined && standing !== 'ours',
  });
  if (!taken) return undefined;
  return (await replaceOwner(redis, logName, known, owner)) ? owner : undefined;
}

/** What it held before it told Redis: a call of the session before may still be on its way there. */
function newestOf({ newest, previous }: OwnerRow, { session, beat }: Owner): number {
  const held = [newest, previous].filter((each) => each?.session === session);
  return Math.max(beat, ...held.map((each) => each!.beat));
}
