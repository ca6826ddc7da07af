import type { ClientBase } from 'pg';
import type { QueueShard } from '../log/queue-shards.ts';
import { openQueueMarker, type QueueMarker } from './queue-marker.ts';

/** The markers of the shards. Each slot of a Redis Cluster can lose its last writes by itself. */
export interface Markers {
  of(shard: QueueShard): Promise<QueueMarker>;
  /** One of them did not stand when a batch was counted. */
  areSuspect: boolean;
}

/** Each is opened when it is first asked for, on this connection to Postgres. */
export function openMarkers(client: ClientBase, logName: string): Markers {
  const opened = new Map<QueueShard, QueueMarker>();
  return {
    areSuspect: false,
    async of(shard) {
      const { redis, consumer } = shard;
      const marker = opened.get(shard) ?? (await openQueueMarker(client, { redis, logName, consumer }));
      opened.set(shard, marker);
      return marker;
    },
  };
}
