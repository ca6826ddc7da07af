/** Enqueues one job per (consumer, event), at its own pace and from its own checkpoints. */
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { searchOutbox } from '../outbox/read-outbox.ts';
import { type OutboxSession, openSession } from '../outbox/session.ts';
import type { Logger } from '../platform/logger.ts';
import { type Loop, startLoop } from '../platform/loop.ts';
import { createPace, every } from '../platform/pace.ts';
import { type QueueConsumer, readQueueConsumers, saveEnqueued } from './consumers.ts';
import { enqueueMissing } from './heal.ts';
import { type Jobs, rowsFor } from './jobs.ts';
import type { RelayMetrics } from './metrics.ts';
import { openQueueMarker, type QueueMarker } from './queue-marker.ts';
import { enqueueRedriven } from './redrive.ts';

export interface QueueSinkOptions {
  readonly pool: Pool;
  readonly redis: Redis;
  readonly logName: string;
  readonly jobs: Jobs;
  readonly logger: Logger;
  readonly metrics: RelayMetrics;
  readonly pollMs: number;
  readonly batchSize: number;
}

/** What the sink works from, on one connection; found anew after anything unexpected. */
interface Place {
  readonly session: OutboxSession;
  readonly marker: QueueMarker;
}

export function startQueueSink(options: QueueSinkOptions): Loop {
  const { pool, logger, metrics, pollMs } = options;
  const redriveDue = every(redriveMs);
  const pace = createPace(paceMs);
  let place: Place | undefined;
  const leavePlace = () => {
    place?.session.end();
    place = undefined;
  };

  let busy = false; // more than a batch is waiting: then there is nothing to wait for
  const turn = async () => {
    place ??= await findPlace(options);
    const { marker, session } = place;
    if (!(await marker.stands())) {
      await marker.heal(async () => {
        const healed = await enqueueMissing(options);
        metrics.healed.inc(healed);
        logger.warn({ jobs: healed }, 'relay.queues_healed');
      });
    }
    if (redriveDue()) await enqueueRedriven({ pool, jobs: options.jobs });
    busy = await enqueueNext(options, place);
    if (busy) return 0;
    return session.horizon.waitingFor.length > 0 ? waitingMs : pollMs;
  };
  const loop = startLoop({
    name: 'relay.queues',
    logger,
    turn: () =>
      (busy ? turn() : pace(turn)).catch((error) => {
        leavePlace();
        throw error;
      }),
  });
  return {
    wake: loop.wake,
    async stop() {
      await loop.stop();
      leavePlace();
    },
  };
}

const waitingMs = 5;
const redriveMs = 500;
const paceMs = 15; // jobs may wait that long: it makes one batch of what comes together

async function findPlace(options: QueueSinkOptions): Promise<Place> {
  const session = await openSession(options.pool);
  try {
    return { session, marker: await openQueueMarker(session.client, options) };
  } catch (error) {
    session.end();
    throw error;
  }
}

/**
 * One batch for each group of consumers that stand at the same position, those ahead first, so that a consumer that
 * catches up holds nobody back. A group reads at most up to the next one, and becomes one with it there.
 */
async function enqueueNext(
  { jobs, metrics, batchSize }: QueueSinkOptions,
  { session: { client, horizon }, marker }: Place,
): Promise<boolean> {
  const consumers = await readQueueConsumers(client);
  let upTo = await horizon.advance();
  let busy = false;
  for (const [after, group] of groupByPosition(consumers)) {
    if (after < upTo) {
      const topics = [...new Set(group.flatMap((consumer) => consumer.topics))];
      const rows = await searchOutbox(client, { topics, after, upTo, limit: batchSize });
      const added = await Promise.all(
        group.map((consumer) => jobs.add(consumer.name, rowsFor(consumer, rows))),
      );
      const counted = await marker.count();
      // a marker that went meanwhile says that these jobs may be gone: the next turn heals before it goes on
      if (counted === undefined) return true;
      const full = rows.length === batchSize;
      const names = group.map((consumer) => consumer.name);
      await saveEnqueued(client, names, full ? rows.at(-1)!.position : upTo, counted);
      metrics.enqueued.inc(added.reduce((sum, count) => sum + count, 0));
      busy ||= full;
    }
    upTo = Math.min(upTo, after);
  }
  return busy;
}

function groupByPosition(consumers: readonly QueueConsumer[]): [number, QueueConsumer[]][] {
  return [...Map.groupBy(consumers, (consumer) => consumer.enqueuedPosition)].sort(([a], [b]) => b - a);
}
