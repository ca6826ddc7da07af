/** What comes next for the queues: a batch for each group of consumers that stand at the same position. */

import type { QueueShard, QueueShards } from '../log/queue-shards.ts';
import { type OutboxRow, searchOutbox } from '../outbox/read-outbox.ts';
import type { OutboxSession } from '../outbox/session.ts';
import { type AddJobsOptions, addJobs } from './add-jobs.ts';
import { type QueueConsumer, readQueueConsumers } from './consumers.ts';
import type { JobRoom } from './job-room.ts';
import { rowsFor } from './jobs.ts';
import type { Markers } from './markers.ts';
import { createReadAhead, type ReadAhead } from './read-ahead.ts';
import type { Refusals } from './refusals.ts';
import { orRestore } from './restore-lanes.ts';
import { watchConnection } from './watch-connection.ts';

export interface EnqueueOptions extends Omit<AddJobsOptions, 'redis'> {
  readonly shards: QueueShards;
  readonly batchSize: number;
  readonly refusals: Refusals;
  readonly room: JobRoom;
}

/** What the sink works from, on one connection; found anew after anything unexpected. */
export interface QueuePlace {
  readonly session: OutboxSession;
  readonly markers: Markers;
  /** What the turn before read on for this one */
  ahead: ReadAhead<Read>;
}

/** The rows of some topics up to a safe position: all of them, unless they are as many as a batch takes */
interface Read {
  readonly rows: readonly OutboxRow[];
  readonly upTo: number;
}

/**
 * Enqueues a batch for each group, those ahead first, so that a consumer that catches up holds nobody back. A group
 * reads at most up to the next one, and becomes one with it there. A consumer whose queue is refused stays behind alone,
 * as does one that has as many
 * jobs in Redis as it may, and one that drains, where it ends. Gives whether more than that may be waiting.
 */
export async function enqueueNext(options: EnqueueOptions, place: QueuePlace): Promise<boolean> {
  const { client, horizon } = place.session;
  const { refusals, room } = options;
  const registered = await readQueueConsumers(client);
  refusals.keepOnly(registered.map(({ name }) => name));
  const { resting } = refusals;
  const consumers = await room.among(registered.filter(({ name }) => !resting.includes(name)));
  const before = place.ahead;
  place.ahead = createReadAhead();
  let next = await horizon.advance(); // up to where the group reads, unless it ends before
  let more = false;
  for (const [after, together] of groupByPosition(consumers)) {
    for (const [end, group] of groupByEnd(together)) {
      const upTo = Math.min(next, end);
      if (after < upTo)
        more = (await enqueueBatch(options, place, group, { after, upTo, end, before })) || more;
    }
    next = Math.min(next, after);
  }
  return more;
}

const groupByPosition = (consumers: readonly QueueConsumer[]) =>
  [...Map.groupBy(consumers, ({ enqueuedPosition }) => enqueuedPosition)].sort(([a], [b]) => b - a);

const groupByEnd = (consumers: readonly QueueConsumer[]) =>
  Map.groupBy(consumers, ({ drainPosition }) => drainPosition ?? Number.POSITIVE_INFINITY);

/** Gives whether more may be waiting for the group. The rows after a full batch are read while its jobs are added. */
async function enqueueBatch(
  options: EnqueueOptions,
  place: QueuePlace,
  group: readonly QueueConsumer[],
  range: {
    readonly after: number;
    readonly upTo: number;
    readonly end: number;
    readonly before: ReadAhead<Read>;
  },
): Promise<boolean> {
  const { batchSize: limit, shards } = options;
  const { ahead } = place;
  const { client } = place.session;
  const topics = [...new Set(group.flatMap((consumer) => consumer.topics))].sort();
  const keyAt = (after: number) => JSON.stringify([topics, after, range.end]);
  const read = async (after: number, upTo: number): Promise<Read> => ({
    rows: await searchOutbox(client, { topics, after, upTo, limit }),
    upTo,
  });
  const begun = range.before.take(keyAt(range.after));
  const { rows, upTo } = await (begun ?? read(range.after, range.upTo));
  const isFull = rows.length === limit;
  const through = isFull ? rows.at(-1)!.position : upTo;
  if (through < upTo) ahead.begin(keyAt(through), () => read(through, upTo));

  let more = false;
  for (const [shard, consumers] of Map.groupBy(group, ({ name }) => shards.of(name))) {
    const result = await enqueueInShard(options, place, shard, consumers, rows, {
      from: range.after,
      to: through,
    });
    more ||= result === 'lost' || (result === 'added' && (isFull || begun !== undefined));
  }
  await ahead.whenDone(); // the connection takes one statement at a time
  return more;
}

/** `lost`: the marker went meanwhile, which says that these jobs may be gone. The next turn heals before it goes on. */
async function enqueueInShard(
  options: EnqueueOptions,
  { session: { client }, markers, ahead }: QueuePlace,
  shard: QueueShard,
  consumers: readonly QueueConsumer[],
  rows: readonly OutboxRow[],
  range: { readonly from: number; readonly to: number },
): Promise<'added' | 'refused' | 'lost'> {
  const { metrics, refusals } = options;
  using connection = watchConnection(shard.redis);
  const added: QueueConsumer[] = [];
  for (const consumer of consumers) {
    const count = await addFor({ ...options, redis: shard.redis }, consumer, rows, range.to);
    if (count === undefined) continue;
    added.push(consumer);
    metrics.enqueued.inc(count);
    options.room.use(consumer.name, count);
  }
  if (added.length === 0) return 'refused';
  await ahead.whenDone(); // the connection takes one statement at a time
  const save = async () => {
    connection.throwIfLost();
    const marker = await markers.of(shard);
    const counted = await marker.count();
    connection.throwIfLost();
    if (counted === undefined) {
      markers.areSuspect = true;
      return 'lost';
    }
    await marker.saveEnqueued(client, added, range, counted);
    return 'added';
  };
  if (shard.consumer === undefined) return save();
  return (await refusals.guard(shard.consumer, save)) ?? 'refused';
}

/** Gives how many were added, or undefined when Redis refuses the consumer's queue, or has lost something of its lanes. */
function addFor(
  options: EnqueueOptions & AddJobsOptions,
  consumer: QueueConsumer,
  rows: readonly OutboxRow[],
  through: number,
): Promise<number | undefined> {
  const { name, paused } = consumer;
  const { jobs, refusals } = options;
  return refusals.attempt(name, async () => {
    // healing may have been refused too
    if (paused && refusals.isRefused(name)) await jobs.setPaused(consumer, true);
    return orRestore(options, consumer, () => addJobs(options, consumer, rowsFor(consumer, rows), through));
  });
}
