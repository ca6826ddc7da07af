/** Publishes the outbox to the log in Redis: every committed event once, in position order. */
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { type LogKeys, logKeys } from '../log/keys.ts';
import { beginIncarnation, type LogState, publishBatch, readLogState } from '../log/publish.ts';
import { createHorizon, type Horizon } from '../outbox/horizon.ts';
import { readLogRow, startNewEpoch } from '../outbox/log-row.ts';
import { readOutbox } from '../outbox/read-outbox.ts';
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

/** What the sink works from; read anew after anything unexpected. */
interface Place {
  readonly keys: LogKeys;
  readonly horizon: Horizon;
  state: LogState;
}

export function startStreamSink(options: StreamSinkOptions): Loop {
  const { pool, redis, logger, metrics, pollMs, batchSize } = options;
  const pace = createPace(paceMs);
  let place: Place | undefined;
  let backlog = false; // more than a batch is waiting: then there is nothing to wait for
  const checkpoint = startCheckpoint(options, () => place?.state.through);

  const turn = async () => {
    place ??= await findPlace(options);
    const { state, horizon, keys } = place;
    const upTo = await horizon.advance();
    const idleMs = horizon.waitingFor.length > 0 ? waitingMs : pollMs;
    backlog = false;
    if (upTo <= state.through) return idleMs;

    const rows = await readOutbox(pool, { after: state.through, upTo, limit: batchSize });
    const full = rows.length === batchSize;
    const through = full ? rows.at(-1)!.position : upTo;
    const result = await publishBatch(redis, keys, state, { rows, through }, options.streamMaxLength);
    if (result === 'fenced') {
      // Redis lost something, or another relay leads: nothing was written, and the truth is read anew
      logger.warn({ through: state.through }, 'relay.fenced');
      metrics.fenced.inc();
      place = undefined;
      return 0;
    }
    const last = rows.at(-1);
    place.state = { ...state, through, newest: last ?? state.newest };
    metrics.published.inc(rows.length);
    metrics.through.set(through);
    backlog = full;
    return full ? 0 : idleMs;
  };

  const loop = startLoop({
    name: 'relay.streams',
    logger,
    turn: (signal) =>
      (backlog ? turn() : pace(turn)).catch((error) => {
        // a call that failed may have been carried out all the same
        place = undefined;
        if (!signal.aborted) throw error;
        return 0;
      }),
  });
  return {
    wake: loop.wake,
    async stop() {
      await loop.stop();
      await checkpoint.stop();
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
  const { pool, redis, logName, logger } = options;
  let { epoch } = await readLogRow(pool);
  let keys = logKeys(logName, epoch);
  let state = await readLogState(redis, keys);
  if (state && (await logWasReplaced(pool, state))) {
    logger.error({ epoch, through: state.through }, 'relay.log_replaced');
    epoch = await startNewEpoch(pool);
    keys = logKeys(logName, epoch);
    state = undefined;
  }
  if (!state) {
    const floor = (await readSink(pool, 'streams')).position;
    state = await beginIncarnation(redis, keys, floor, options.topics);
    options.metrics.incarnations.inc();
    logger.info({ epoch, incarnation: state.incarnation, floor }, 'relay.incarnation');
  }
  return { keys, state, horizon: createHorizon(pool) };
}
