/** Where the stream sink goes on: what Redis holds, or a new incarnation from the checkpoint, or a new epoch. */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { ClientBase, Pool } from 'pg';
import { type LogKeys, logKeys } from '../log/keys.ts';
import { beginIncarnation, claimLog, endLog, type LogState, readLogState } from '../log/publish.ts';
import { readEventTypes, registerEventTypes } from '../outbox/event-types.ts';
import { readLogRow, startNewEpoch } from '../outbox/log-row.ts';
import { newestEvent } from '../outbox/read-outbox.ts';
import { openSession } from '../outbox/session.ts';
import { claimStreams, readSink } from '../outbox/sinks.ts';
import type { Logger } from '../platform/logger.ts';
import type { RelayMetrics } from './metrics.ts';
import { type BatchReader, createBatchReader } from './next-batch.ts';
import type { PublishPlace } from './publish-rows.ts';
import { logWasReplaced } from './replaced.ts';

export interface PlaceOptions {
  readonly pool: Pool;
  readonly redis: Redis;
  readonly logName: string;
  /** Topics that may have streams from before, removed when a new incarnation begins */
  readonly topics: readonly string[];
  readonly logger: Logger;
  readonly metrics: RelayMetrics;
  /** Events that are read, and published, at once */
  readonly batchSize: number;
  /** The event types that this code knows. Without them no type is unknown */
  readonly types?: readonly string[] | undefined;
}

export interface Place extends PublishPlace {
  readonly reader: BatchReader;
  /** Whether it is known, beyond what was seen on connecting, that this Postgres and this log belong together */
  isVerified: boolean;
}

/** Opens a connection, and tells before anything is published whether this Postgres and this log belong together. */
export async function findPlace(options: PlaceOptions): Promise<Place> {
  const session = await openSession(options.pool);
  const reader = createBatchReader(session, options.batchSize);
  try {
    return {
      session,
      reader,
      isVerified: false,
      whenFree: reader.whenFree,
      types: await knownTypes(options, session.client),
      ...(await takeOver(options, session.client)),
    };
  } catch (error) {
    session.end();
    throw error;
  }
}

async function knownTypes({ types }: PlaceOptions, client: ClientBase) {
  if (!types) return undefined;
  await registerEventTypes(client, types);
  return readEventTypes(client);
}

/** In this order: who is fenced by the claim in Redis looks for its place again, and finds the outbox claimed. */
async function takeOver(options: PlaceOptions, client: ClientBase) {
  const claim = randomUUID();
  await claimStreams(client, claim);
  const { keys, state } = await findLog(options, client);
  return { keys, state: await claimLog(options.redis, keys, state, claim) };
}

async function findLog(
  options: PlaceOptions,
  client: ClientBase,
): Promise<{ keys: LogKeys; state: LogState }> {
  const { redis, logName, topics, logger, metrics } = options;
  const { epoch, floor: kept } = await readLogRow(client);
  const keys = logKeys(logName, epoch);
  const state = await readLogState(redis, keys);
  if (state && (await logWasReplaced(client, { redis, keys, topics, state }))) {
    logger.error({ epoch, through: state.through }, 'relay.log_replaced');
    await startNewEpoch(client, epoch);
    return findLog(options, client);
  }
  if (state && state.through < kept) {
    // Redis went back to before what retention has dropped since: between the two nothing is left to publish
    await endLog(redis, keys, state);
    return findLog(options, client);
  }
  if (state) return { keys, state };
  const floor = (await readSink(client, 'streams')).position;
  const begun = await beginIncarnation(redis, keys, floor, topics, await newestEvent(client, floor));
  metrics.incarnations.inc();
  logger.info({ epoch, incarnation: begun.incarnation, floor }, 'relay.incarnation');
  return { keys, state: begun };
}
