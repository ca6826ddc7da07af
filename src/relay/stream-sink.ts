/** Publishes the outbox to the log in Redis: every committed event once, in position order. */
import type { Redis } from 'ioredis';
import type { ClientBase, Pool } from 'pg';
import { type LogKeys, logKeys } from '../log/keys.ts';
import { beginIncarnation, type LogState, publishBatch, readLogState } from '../log/publish.ts';
import { readLogRow, startNewEpoch } from '../outbox/log-row.ts';
import { newestEvent, readOutbox } from '../outbox/read-outbox.ts';
import { type OutboxSession, openSession } from '../outbox/session.ts';
import { readSink, saveSinkPosition } from '../outbox/sinks.ts';
import type { Logger } from '../platform/logger.ts';
import { type Loop, startLoop } from '../platform/loop.ts';
import { createPace } from '../platform/pace.ts';
import type { RelayMetrics } from './metrics.ts';
import { logWasReplaced } from './replaced.ts';

export interface StreamSinkOptions {
  readonly pool: Pool;
  readonly redis: Redis;
  readonly logName: string;
  /** Topics that may have streams from before, removed when a new incarnation begins */
  readonly topics: readonly string[];
  readonly logger: Logger;
  readonly metrics: RelayMetrics;
  readonly pollMs: number;
  readonly batchSize: number;
  /** Events kept per topic in Redis; older ones are served from the outbox */
  readonly streamMaxLength: number;
}

/** What the sink works from, on one connection; found anew after anything unexpected. */
interface Place {
  readonly keys: LogKeys;
  readonly session: OutboxSession;
  state: LogState;
}

export function startStreamSink(options: StreamSinkOptions): Loop {
  const { redis, logger, metrics, pollMs, batchSize } = options;
  const pace = createPace(paceMs);
  let place: Place | undefined;
  let backlog = false; // more than a batch is waiting: then there is nothing to wait for
  const checkpoint = startCheckpoint(options, () => place?.state.through);
  const leavePlace = () => {
    place?.session.end();
    place = undefined;
  };

  const turn = async () => {
    place ??= await findPlace(options);
    const { state, session, keys } = place;
    const { client, horizon } = session;
    const upTo = await horizon.advance();
    const idleMs = horizon.waitingFor.length > 0 ? waitingMs : pollMs;
    backlog = false;
    if (upTo <= state.through) return idleMs;

    const rows = await readOutbox(client, { after: state.through, upTo, limit: batchSize });
    const last = rows.at(-1);
    // A position whose event was committed is durable. One that was rolled back is not: after a crash Postgres may give
    // it out again. So a gap behind the last event is passed on its own, once a later commit has made it durable.
    if (!last) await saveSinkPosition(client, 'streams', upTo);
    const through = last?.position ?? upTo;
    const result = await publishBatch(redis, keys, state, { rows, through }, options.streamMaxLength);
    if (result === 'fenced') {
      // Redis lost something, or another relay leads: nothing was written, and the truth is read anew
      logger.warn({ through: state.through }, 'relay.fenced');
      metrics.fenced.inc();
      leavePlace();
      return 0;
    }
    place.state = { ...state, through, newest: last ?? state.newest };
    metrics.published.inc(rows.length);
    metrics.through.set(through);
    backlog = rows.length === batchSize;
    return through < upTo ? 0 : idleMs;
  };

  const loop = startLoop({
    name: 'relay.streams',
    logger,
    turn: (signal) =>
      (backlog ? turn() : pace(turn)).catch((error) => {
        // a call that failed may have been carried out all the same
        leavePlace();
        if (!signal.aborted) throw error;
        return 0;
      }),
  });
  return {
    wake: loop.wake,
    async stop() {
      await loop.stop();
      await checkpoint.stop();
      leavePlace();
    },
  };
}

// how soon after one look the next may come: events that arrive together leave together
const paceMs = 3;
const waitingMs = 1; // a transaction that holds the horizon is about to commit
const checkpointMs = 200;

/** Saves how far the log is, beside the publishing: it may lag, and never leads. */
function startCheckpoint({ pool, logger }: StreamSinkOptions, through: () => number | undefined): Loop {
  let saved = -1;
  const save = async () => {
    const position = through();
    if (position !== undefined && position !== saved) {
      await saveSinkPosition(pool, 'streams', position);
      saved = position;
    }
    return checkpointMs;
  };
  const loop = startLoop({ name: 'relay.checkpoint', logger, turn: save });
  return {
    wake: loop.wake,
    async stop() {
      await loop.stop();
      await save().catch(() => {});
    },
  };
}

/** Where to go on: what Redis holds, or a new incarnation from the checkpoint, or a new epoch. */
async function findPlace(options: StreamSinkOptions): Promise<Place> {
  const session = await openSession(options.pool);
  try {
    return { session, ...(await findLog(options, session.client)) };
  } catch (error) {
    session.end();
    throw error;
  }
}

async function findLog(
  options: StreamSinkOptions,
  client: ClientBase,
): Promise<{ keys: LogKeys; state: LogState }> {
  const { redis, logName, topics, logger, metrics } = options;
  const { epoch } = await readLogRow(client);
  const keys = logKeys(logName, epoch);
  const state = await readLogState(redis, keys);
  if (state && (await logWasReplaced(client, state))) {
    logger.error({ epoch, through: state.through }, 'relay.log_replaced');
    await startNewEpoch(client, epoch);
    return findLog(options, client);
  }
  if (state) return { keys, state };
  const floor = (await readSink(client, 'streams')).position;
  const begun = await beginIncarnation(redis, keys, floor, topics, await newestEvent(client, floor));
  metrics.incarnations.inc();
  logger.info({ epoch, incarnation: begun.incarnation, floor }, 'relay.incarnation');
  return { keys, state: begun };
}
