/** One look at the outbox, and what is there published to the log: the stream sink without its loops. */
import { saveSinkPosition } from '../outbox/sinks.ts';
import { findPlace, type Place, type PlaceOptions } from './find-place.ts';
import { publishRows } from './publish-rows.ts';
import { logWasReplaced } from './replaced.ts';
import { saveCheckpoint } from './save-checkpoint.ts';

export interface StreamSinkOptions extends PlaceOptions {
  readonly pollMs: number;
  /** Events kept per topic in Redis; older ones are served from the outbox */
  readonly streamMaxLength: number;
}

export interface StreamPublisher {
  /**
   * Publishes the next batch up to the horizon, in position order. Gives the ms after which another look is worth it:
   * 0 while more than a batch is waiting. Never call it while another turn runs. After a throw it is not known how much
   * of the batch is in the log: the next turn asks Redis.
   */
  turn(): Promise<number>;
  /** Saves to Postgres how far the log is: it may lag, and never leads. May run beside a turn. */
  saveCheckpoint(): Promise<void>;
  /** Forgets what it works from and ends its connection; the next turn finds its place anew. */
  leave(): void;
}

const waitingMs = 1; // a transaction that holds the horizon is about to commit
const againMs = 1; // not at once: two relays that fence each other must not spin

/** Opens nothing before its first turn. */
export function createStreamPublisher(options: StreamSinkOptions): StreamPublisher {
  const { pool, logger, metrics, pollMs, batchSize } = options;
  /** What it works from, on one connection; found anew after anything unexpected */
  let place: Place | undefined;
  let saved: string | undefined;
  const leave = () => {
    place?.session.end();
    place = undefined;
  };

  const publishNext = async () => {
    place ??= await findPlace(options);
    const { state, session, reader } = place;
    const { rows, upTo, isNews } = await reader.next(state.through);
    const idleMs = session.horizon.waitingFor.length > 0 ? waitingMs : pollMs;
    if (upTo <= state.through) return idleMs;
    if (!place.isVerified) {
      // only now has every transaction ended that could still fill a position up to `through`
      await reader.whenFree();
      if (await logWasReplaced(session.client, { ...options, ...place })) {
        leave();
        return againMs; // the next turn finds it replaced
      }
      place.isVerified = true;
    }

    const last = rows.at(-1);
    // A position whose event was committed is durable. One that was rolled back is not: after a crash Postgres may give
    // it out again. So a gap behind the last event is passed on its own, once a later commit has made it durable.
    if (!last) await saveSinkPosition(session.client, 'streams', upTo);
    const through = last?.position ?? upTo;
    if ((await publishRows(options, place, rows, through)) === 'fenced') {
      // Redis lost something, or another relay leads: nothing was written, and the truth is read anew
      logger.warn({ through: state.through }, 'relay.fenced');
      metrics.fenced.inc();
      leave();
      return againMs;
    }
    if (last && place.state.newest?.position !== last.position) {
      // it was parked, and the checkpoint follows the newest event that was not
      await reader.whenFree();
      await saveSinkPosition(session.client, 'streams', through);
    }
    if (rows.length === batchSize || !isNews) return 0;
    return through < upTo ? againMs : idleMs;
  };

  return {
    async turn() {
      try {
        return await publishNext();
      } catch (error) {
        // a call that failed may have been carried out all the same
        leave();
        throw error;
      }
    },
    async saveCheckpoint() {
      const newest = place?.state.newest;
      if (!newest || newest.id === saved) return;
      await saveCheckpoint(pool, newest);
      saved = newest.id;
    },
    leave,
  };
}
