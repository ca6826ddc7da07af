/** Each role looks all the time whether its database still owns the log in Redis, and leaves alone what is another's. */
import { Gauge, type Registry } from 'prom-client';
import type { Logger } from '../platform/logger.ts';
import { startLoop } from '../platform/loop.ts';
import type { Check } from '../platform/readiness.ts';
import { createWitness, cure, type Look, lookAtOwner, type OwnershipSources } from './ownership.ts';

export interface OwnerWatch {
  /** Whether the log and the jobs in Redis are this database's, as far as is known: what was seen last holds while a store is away */
  readonly isOurs: boolean;
  /** Looks again, for what must not be done by mistake. Fails while a store is away. */
  looksOurs(): Promise<boolean>;
  /** Calls back now, and with each change. The result ends that. */
  follow(callback: (isOurs: boolean) => void): () => void;
  /** For readiness: throws while the database is refused. */
  readonly refusal: Check;
  /** For readiness: throws while the database waits for its relay to take over. */
  readonly waiting: Check;
  stop(): Promise<void>;
}

export interface OwnerWatchOptions extends OwnershipSources {
  readonly logger: Logger;
  readonly registry: Registry;
  /** What was seen at the start */
  readonly seen: Look;
}

const everyMs = 3_000;

export function watchOwner(options: OwnerWatchOptions): OwnerWatch {
  const { logger, registry } = options;
  const witness = createWitness();
  const followers = new Set<(isOurs: boolean) => void>();
  let last = options.seen;
  let isOurs = isOwned(last);
  const told = (look: Look) => {
    const changed = look.standing !== last.standing;
    last = look;
    if (changed) tell(logger, look);
    if (isOurs === isOwned(look)) return look;
    isOurs = isOwned(look);
    for (const follower of [...followers]) follower(isOurs);
    return look;
  };
  const look = async () => told(await lookAtOwner(options, witness));
  const loop = startLoop({
    name: 'owner.watch',
    logger,
    async turn() {
      await look().catch(() => {}); // a store that is away is told by others
      return everyMs;
    },
  });
  new Gauge({
    name: 'aorta_owns_log',
    help: '1 while the log in Redis is that of the database of this process; 0 while another owns it, or the relay has yet to take over',
    registers: [registry],
    collect() {
      this.set(isOurs ? 1 : 0);
    },
  });
  const throwIf = (standings: readonly Look['standing'][]) => async () => {
    if (standings.includes(last.standing)) throw new Error(last.says);
  };
  return {
    get isOurs() {
      return isOurs;
    },
    looksOurs: async () => isOwned(await look()),
    follow(callback) {
      followers.add(callback);
      callback(isOurs);
      return () => void followers.delete(callback);
    },
    refusal: throwIf(['refused']),
    waiting: throwIf(['waiting', 'heir']),
    stop: () => loop.stop(),
  };
}

/** What nobody owns is left by a relay from before owners were told of, or not taken over yet. */
const isOwned = ({ standing }: Look) => standing === 'ours' || standing === 'vacant';

function tell(logger: Logger, { standing, says }: Look): void {
  if (standing === 'refused') logger.error({ reason: `${says}. ${cure}` }, 'owner.refused');
  else if (standing === 'waiting' || standing === 'heir') logger.warn({ reason: says }, 'owner.waiting');
  else logger.info({ standing }, 'owner.ours');
}
