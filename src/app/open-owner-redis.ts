import { ownerKey } from '../log/owner.ts';
import { openRedis, type Redis } from '../platform/redis.ts';
import { isCluster } from '../platform/redis-servers/servers.ts';
import type { Role } from '../platform/role.ts';

/** The connection to where the log's owner is told: of a Cluster, a slot of its own; else that for commands. */
export function openOwnerRedis({ config, redisOptions, onStop }: Role, commands: Redis): Redis {
  if (!isCluster(config.REDIS_URL)) return commands;
  const redis = openRedis(redisOptions('owner', ownerKey(config.LOG_NAME)));
  onStop(() => redis.disconnect());
  return redis;
}
