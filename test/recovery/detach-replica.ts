import type { RedisServer } from '../../dev/redis.ts';
import { tellRedis } from '../../dev/tell-redis.ts';

/** From here on the replica gets nothing of what its master is given: when it takes over, that is lost. */
export async function detachReplica(replica: RedisServer, master: RedisServer): Promise<void> {
  // refused by a master that asks for no password
  await tellRedis(replica, 'CONFIG', 'SET', 'masterauth', 'unwanted');
  await tellRedis(master, 'CLIENT', 'KILL', 'TYPE', 'replica');
}
