import { createQueueShards, type QueueShards } from '../log/queue-shards.ts';
import type { Redis } from '../platform/redis.ts';
import { isCluster } from '../platform/redis-servers/servers.ts';
import type { Role } from '../platform/role.ts';

/** The shards of the consumers' queues. What `open` opens is closed with the role, after what uses it. */
export function openShards({ config, onStop }: Role, open: (key?: string) => Redis): QueueShards {
  const opened: Redis[] = [];
  onStop(() => {
    for (const redis of opened) redis.disconnect();
  });
  return createQueueShards(config.LOG_NAME, isCluster(config.REDIS_URL), (key) => {
    const redis = open(key);
    opened.push(redis);
    return redis;
  });
}
