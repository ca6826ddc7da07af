import type { Redis } from 'ioredis';
import { clusterForm } from './redis-servers/servers.ts';

/** What Redis may take of memory, and what it does when that is used up. */
export interface RedisMemory {
  readonly usedBytes: number;
  /** 0: no limit of its own */
  readonly maxBytes: number;
  /** maxmemory-policy; undefined where Redis does not tell it */
  readonly policy: string | undefined;
}

export async function readRedisMemory(redis: Redis): Promise<RedisMemory> {
  const info = await redis.info('memory');
  const field = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
  return {
    usedBytes: Number(field('used_memory') ?? 0),
    maxBytes: Number(field('maxmemory') ?? 0),
    policy: field('maxmemory_policy'),
  };
}

/** Throws unless Redis keeps what it is given: an evicting policy would take whole streams away in silence. */
export async function refuseEviction(redis: Redis): Promise<void> {
  const { policy } = await readRedisMemory(redis);
  if (policy !== undefined && policy !== 'noeviction') {
    throw new Error(
      `Redis has maxmemory-policy ${policy}, under which it drops events when memory is short. Set it to noeviction.`,
    );
  }
}

/** Whether this server follows another: then it takes no writes, and answers a ping as if all were well. */
export async function isReplica(redis: Redis): Promise<boolean> {
  const role = /^role:(\S+)/m.exec(await redis.info('replication'))?.[1];
  return role !== undefined && role !== 'master';
}

/** Throws for a replica. */
export async function refuseReplica(redis: Redis): Promise<void> {
  if (!(await isReplica(redis))) return;
  throw new Error('Redis is a replica, which takes no writes. REDIS_URL has to lead to the primary.');
}

/** Throws for a node of a Redis Cluster, which answers for some of the keys only. */
export async function refuseClusterNode(redis: Redis): Promise<void> {
  if (!/^cluster_enabled:1/m.test(await redis.info('cluster'))) return;
  throw new Error(`it is a node of a Redis Cluster. Write REDIS_URL as ${clusterForm}; one node is enough.`);
}
