/** Enqueues one job per (consumer, event), at its own pace and from its own checkpoints. */
import type { Pool } from 'pg';
import type { QueueShards } from '../log/queue-shards.ts';
import { openSession } from '../outbox/session.ts';
import type { Logger } from '../platform/logger.ts';
import { type Loop, startLoop } from '../platform/loop.ts';
import { createPace, every } from '../platform/pace.ts';
import { assertPauses } from './assert-pauses.ts';
import { enqueueNext, type QueuePlace } from './enqueue.ts';
import { healShards } from './heal-shards.ts';
import { createJobRoom } from './job-room.ts';
import type { Jobs } from './jobs.ts';
import { openMarkers } from './markers.ts';
import type { MemoryPressure } from './memory-pressure.ts';
import type { RelayMetrics } from './metrics.ts';
import { createReadAhead } from './read-ahead.ts';
import { enqueueRedriven } from './redrive.ts';
import { createRefusals } from './refusals.ts';
import { restoreBrokenLanes } from './restore-lanes.ts';
import { shedJobs } from './shed-jobs.ts';
import { ConnectionLostError } from './watch-connection.ts';

export interface QueueSinkOptions {
  readonly pool: Pool;
  readonly logName: string;
  readonly jobs: Jobs;
  readonly shards: QueueShards;
  readonly logger: Logger;
  readonly metrics: RelayMetrics;
  readonly pollMs: number;
  readonly batchSize: number;
  /** Time between two looks at which queues are paused, and whether lanes are shut, ms. Default 10_000 */
  readonly assertMs?: number;
  /** How many jobs of a consumer Redis holds, give or take a batch. Default 10,000 */
  readonly jobsPerConsumer?: number | undefined;
  /** Whether Redis is short of memory: then a tenth of those jobs must do. Default: it never is */
  readonly pressure?: Pick<MemoryPressure, 'tight' | 'full'>;
}

export function startQueueSink(options: QueueSinkOptions): Loop {
  const { logger, metrics, shards, pollMs, assertMs = 10_000, jobsPerConsumer = 10_000, pressure } = options;
  const fewest = Math.ceil(jobsPerConsumer / 10);
  const refusals = createRefusals(logger, metrics, isAwayIn(shards));
  const room = createJobRoom({
    ...{ ...options, refusals },
    most: () => (pressure?.tight ? fewest : jobsPerConsumer),
  });
  const work = { ...options, refusals, room };
  const markersDue = shards.areSplit ? every(markersMs) : () => true;
  const redriveDue = every(redriveMs);
  const assertDue = every(assertMs);
  const shedDue = every(shedMs);
  const pace = createPace(paceMs);
  let place: QueuePlace | undefined;
  const leavePlace = () => {
    place?.session.end();
    place = undefined;
  };

  let more = false; // than a batch is waiting: then there is nothing to wait for
  const turn = async () => {
    place ??= await openQueues(options);
    const { session, markers } = place;
    // first of all: a Redis that is full takes no marker either
    if (pressure?.full && shedDue()) await shedJobs(work, fewest);
    const healed = (markersDue() || markers.areSuspect) && (await healShards(work, place));
    const isDue = assertDue();
    if (isDue) await assertPauses(work);
    if (healed) room.forget();
    if (isDue || healed) await restoreBrokenLanes(work);
    if (redriveDue()) await enqueueRedriven(work);
    more = await enqueueNext(work, place);
    if (more) return 0;
    return session.horizon.waitingFor.length > 0 ? waitingMs : Math.min(pollMs, room.nextLookMs);
  };
  const loop = startLoop({
    name: 'relay.queues',
    logger,
    turn: () =>
      (more ? turn() : pace(turn)).catch((error) => {
        leavePlace();
        throw error;
      }),
  });
  return {
    wake: loop.wake,
    async stop() {
      await loop.stop();
      work.refusals.end();
      leavePlace();
    },
  };
}

const waitingMs = 5;
const redriveMs = 900; // at every other look at rest
const shedMs = 1_000; // one consumer at a time: that may have been enough
const markersMs = 300; // of many shards; before a batch counts its marker is asked in any case
const paceMs = 15; // jobs may wait that long: it makes one batch of what comes together

async function openQueues(options: QueueSinkOptions): Promise<QueuePlace> {
  const session = await openSession(options.pool);
  return { session, markers: openMarkers(session.client, options.logName), ahead: createReadAhead() };
}

/** What went wrong with the Redis of a shard is an affair of the others only where they share it. */
const isAwayIn = (shards: QueueShards) => (consumer: string, error: unknown) =>
  shards.areSplit && (error instanceof ConnectionLostError || shards.of(consumer).redis.status !== 'ready');
