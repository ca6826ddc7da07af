/** What comes next for the queues: a batch for each group of consumers that stand at the same position. */
import { type OutboxRow, searchOutbox } from '../outbox/read-outbox.ts';
import type { OutboxSession } from '../outbox/session.ts';
import { type AddJobsOptions, addJobs } from './add-jobs.ts';
import { type QueueConsumer, readQueueConsumers, saveEnqueued } from './consumers.ts';
import type { JobRoom } from './job-room.ts';
import { rowsFor } from './jobs.ts';
import type { QueueMarker } from './queue-marker.ts';
import { createReadAhead, type ReadAhead } from './read-ahead.ts';
import type { Refusals } from './refusals.ts';
import { orRestore } from './restore-lanes.ts';
import { watchConnection } from './watch-connection.ts';

export interface EnqueueOptions extends AddJobsOptions {
  readonly batchSize: number;
  readonly refusals: Refusals;
  readonly room: JobRoom;
}

/** What the sink works from, on one connection; found anew after anything unexpected. */
export interface QueuePlace {
  readonly session: OutboxSession;
  readonly marker: QueueMarker;
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
  { session: { client }, marker, ahead }: QueuePlace,
  group: readonly QueueConsumer[],
  range: {
    readonly after: number;
    readonly upTo: number;
    readonly end: number;
    readonly before: ReadAhead<Read>;
  },
): Promise<boolean> {
  const { metrics, batchSize: limit } = options;
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

  using connection = watchConnection(options.redis);
  const added: QueueConsumer[] = [];
  for (const consumer of group) {
    const count = await addFor(options, consumer, rows, through);
    if (count === undefined) continue;
    added.push(consumer);
    metrics.enqueued.inc(count);
    options.room.use(consumer.name, count);
  }
  await ahead.whenDone(); // the connection takes one statement at a time
  if (added.length === 0) return false;
  connection.throwIfLost();
  const counted = await marker.count();
  connection.throwIfLost();
  // a marker that went meanwhile says that these jobs may be gone: the next turn heals before it goes on
  if (counted === undefined) return true;
  await saveEnqueued(client, added, { from: range.after, to: through }, counted);
  return isFull || begun !== undefined;
}

/** Gives how many were added, or undefined when Redis refuses the consumer's queue, or has lost something of its lanes. */
function addFor(
  options: EnqueueOptions,
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
