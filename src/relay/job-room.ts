/**
 * How many jobs of a consumer are in Redis: so many, and what is beyond waits in the outbox, at no cost. A consumer that
 * is away, paused or slow costs its own lag, and not the memory that everybody's events need.
 */
import type { Logger } from '../platform/logger.ts';
import type { QueueConsumer } from './consumers.ts';
import type { Jobs } from './jobs.ts';
import type { RelayMetrics } from './metrics.ts';
import type { Refusals } from './refusals.ts';

export interface JobRoomOptions {
  readonly jobs: Pick<Jobs, 'count'>;
  readonly refusals: Pick<Refusals, 'guard'>;
  readonly logger: Logger;
  readonly metrics: RelayMetrics;
  /** How many jobs of a consumer Redis may hold at the moment, give or take a batch */
  readonly most: () => number;
}

export interface JobRoom {
  /** Those that can be given a batch. Asks Redis only for consumers whose known room is used up, and not at every turn. */
  among(consumers: readonly QueueConsumer[]): Promise<readonly QueueConsumer[]>;
  /** Notes that jobs were added. */
  use(consumer: string, jobs: number): void;
  /** What is known no longer holds: jobs were lost, or added past it. */
  forget(): void;
  /** Ms until somebody who had no room is looked at again; Infinity when all have some. */
  readonly nextLookMs: number;
}

interface Room {
  /** At least so many more can be added: workers only take away */
  left: number;
  /** Full until half of it is taken: then it is filled in large batches */
  full: boolean;
  /** As counted last */
  count: number;
  /** By the monotonic clock, in ms */
  lookAt: number;
  pauseMs: number;
}

const firstPauseMs = 20; // a worker that catches up takes some hundred jobs in that time
const longestPauseMs = 1_000; // of one that takes none

export function createJobRoom(options: JobRoomOptions): JobRoom {
  const { jobs, refusals, logger, metrics, most } = options;
  const rooms = new Map<string, Room>();
  const look = async (consumer: QueueConsumer, room: Room) => {
    const count = await refusals.guard(consumer.name, () => jobs.count(consumer));
    if (count === undefined) return; // it rests, and is asked again
    const bound = most();
    const moved = count !== room.count;
    const full = room.full ? count > bound / 2 : count >= bound;
    if (full !== room.full) tell(consumer, full, count);
    room.full = full;
    room.count = count;
    room.left = full ? 0 : bound - count;
    room.pauseMs = moved ? firstPauseMs : Math.min(2 * room.pauseMs, longestPauseMs);
    room.lookAt = performance.now() + room.pauseMs;
  };
  const tell = ({ name: consumer, enqueuedPosition }: QueueConsumer, full: boolean, count: number) => {
    metrics.queueFull.set({ consumer }, full ? 1 : 0);
    logger.info(
      { consumer, jobs: count, enqueuedPosition },
      full ? 'relay.queue_full' : 'relay.queue_has_room',
    );
  };
  const known = (name: string): Room => {
    const room = rooms.get(name) ?? { left: 0, full: false, count: -1, lookAt: 0, pauseMs: firstPauseMs };
    rooms.set(name, room);
    return room;
  };
  return {
    async among(consumers) {
      const names = new Set(consumers.map(({ name }) => name));
      for (const name of rooms.keys()) if (!names.has(name)) rooms.delete(name);
      const now = performance.now();
      await Promise.all(
        consumers.map((consumer) => {
          const room = known(consumer.name);
          return room.left <= 0 && room.lookAt <= now ? look(consumer, room) : undefined;
        }),
      );
      return consumers.filter(({ name }) => known(name).left > 0);
    },
    use(consumer, count) {
      const room = known(consumer);
      room.left -= count;
      // what it has no room for any more may be taken by now
      if (room.left <= 0) room.lookAt = 0;
    },
    forget() {
      for (const room of rooms.values()) Object.assign(room, { left: 0, lookAt: 0 });
    },
    get nextLookMs() {
      const due = [...rooms.values()].filter(({ left }) => left <= 0).map(({ lookAt }) => lookAt);
      return Math.max(0, Math.min(...due) - performance.now());
    },
  };
}
