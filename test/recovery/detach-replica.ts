import type { RedisServer } from '../../dev/redis.ts';
import { tell } from '../../dev/redis-cluster.ts';

/** From here on the replica gets nothing of what its master is given: when it takes over, that is lost. */
export async function detachReplica(replica: RedisServer, master: RedisServer): Promise<void> {
  // refused by a master that asks for no password
  await tell(replica, 'CONFIG', 'SET', 'masterauth', 'unwanted');
  await tell(master, 'CLIENT', 'KILL', 'TYPE', 'replica');
}
