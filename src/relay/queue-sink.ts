/** Enqueues one job per (consumer, event), at its own pace and from its own checkpoints. */
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { openSession } from '../outbox/session.ts';
import type { Logger } from '../platform/logger.ts';
import { type Loop, startLoop } from '../platform/loop.ts';
import { createPace, every } from '../platform/pace.ts';
import { assertPauses } from './assert-pauses.ts';
import { enqueueNext, type QueuePlace } from './enqueue.ts';
import { enqueueMissing } from './heal.ts';
import { createJobRoom } from './job-room.ts';
import type { Jobs } from './jobs.ts';
import type { MemoryPressure } from './memory-pressure.ts';
import type { RelayMetrics } from './metrics.ts';
import { openQueueMarker } from './queue-marker.ts';
import { createReadAhead } from './read-ahead.ts';
import { enqueueRedriven } from './redrive.ts';
import { createRefusals } from './refusals.ts';
import { restoreBrokenLanes } from './restore-lanes.ts';
import { shedJobs } from './shed-jobs.ts';

export interface QueueSinkOptions {
  readonly pool: Pool;
  readonly redis: Redis;
  readonly logName: string;
  readonly jobs: Jobs;
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
  const { logger, metrics, pollMs, assertMs = 10_000, jobsPerConsumer = 10_000, pressure } = options;
  const fewest = Math.ceil(jobsPerConsumer / 10);
  const refusals = createRefusals(logger, metrics);
  const room = createJobRoom({
    ...{ ...options, refusals },
    most: () => (pressure?.tight ? fewest : jobsPerConsumer),
  });
  const work = { ...options, refusals, room };
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
    const { marker, session } = place;
    // first of all: a Redis that is full takes no marker either
    if (pressure?.full && shedDue()) await shedJobs(work, fewest);
    const stands = await marker.stands();
    if (!stands) {
      await marker.heal(async () => {
        const healed = await enqueueMissing(work);
        metrics.healed.inc(healed);
        logger.warn({ jobs: healed }, 'relay.queues_healed');
      });
    }
    const isDue = assertDue();
    if (isDue) await assertPauses(work);
    if (isDue || !stands) await restoreBrokenLanes(work);
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
const paceMs = 15; // jobs may wait that long: it makes one batch of what comes together

async function openQueues(options: QueueSinkOptions): Promise<QueuePlace> {
  const session = await openSession(options.pool);
  try {
    const marker = await openQueueMarker(session.client, options);
    return { session, marker, ahead: createReadAhead() };
  } catch (error) {
    session.end();
    throw error;
  }
}
