import { setTimeout as delay } from 'node:timers/promises';
import { createWitness, cure, type Look, lookAtOwner, type OwnershipSources } from '../log/ownership.ts';

const lookMs = 400;

/** What is in Redis under the log's name is another database's. */
export class OthersLogError extends Error {
  override readonly name = 'OthersLogError';
}

/**
 * Throws an OthersLogError unless the log in Redis is that of this database, or may become it: of one that went back, the relay is yet to take
 * over. An owner that may be alive is watched until it is known, for a few seconds.
 */
export async function refuseOthersLog(sources: OwnershipSources): Promise<Look> {
  const witness = createWitness();
  for (;;) {
    const look = await lookAtOwner(sources, witness);
    if (look.standing === 'refused') throw new OthersLogError(`${look.says}. ${cure}`);
    if (look.standing !== 'waiting' || !look.known) return look;
    await delay(lookMs);
  }
}
