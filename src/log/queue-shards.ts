/**
 * Where the queues of each consumer are. A Redis by itself is one shard for all of them. On a Redis Cluster each consumer has
 * one of its own, with its lanes together in one slot, so that each can be on another node.
 */
import type { Redis } from 'ioredis';
import { queuePrefix } from './keys.ts';

export interface QueueShard {
  /** For this shard only */
  readonly redis: Redis;
  /** Of BullMQ's keys, and of the marker's beside them */
  readonly prefix: string;
  /** Whose alone it is; undefined when all consumers share it */
  readonly consumer: string | undefined;
}

export interface QueueShards {
  /** Whether each consumer has one of its own */
  readonly areSplit: boolean;
  of(consumer: string): QueueShard;
  readonly opened: readonly QueueShard[];
}

/** `open` gives the connection for a shard, at its first use; with a key of it when it is for that shard alone. */
export function createQueueShards(
  logName: string,
  areSplit: boolean,
  open: (key?: string) => Redis,
): QueueShards {
  const shards = new Map<string | undefined, QueueShard>();
  return {
    areSplit,
    get opened() {
      return [...shards.values()];
    },
    of(name) {
      const consumer = areSplit ? name : undefined;
      const prefix = queuePrefix(logName, consumer);
      return shards.getOrInsertComputed(consumer, () => ({
        redis: open(areSplit ? prefix : undefined),
        prefix,
        consumer,
      }));
    },
  };
}

/** One shard for all, on this connection. */
export const oneShard = (redis: Redis, logName: string) => createQueueShards(logName, false, () => redis);
