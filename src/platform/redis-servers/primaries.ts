import type { Redis } from 'ioredis';
import { askServer } from './ask-server.ts';
import { openCluster } from './cluster.ts';
import { findPrimary } from './sentinel.ts';
import { serversOf } from './servers.ts';

/**
 * Asks every server that takes writes: each master of a Cluster, by its address; else the one there is, whose address is
 * undefined. Throws what the first of them is refused with, or why they cannot be found.
 */
export async function askPrimaries<Answer>(
  url: string,
  redis: Redis,
  ask: (redis: Redis) => Promise<Answer>,
): Promise<readonly { readonly node: string | undefined; readonly answer: Answer }[]> {
  const servers = serversOf(url);
  if (servers.kind === 'single') return [{ node: undefined, answer: await ask(redis) }];
  if (servers.kind === 'sentinel') {
    const primary = await findPrimary(servers);
    return [{ node: undefined, answer: await askServer(primary, servers.access, ask) }];
  }
  const masters = await openCluster(servers).masters();
  return Promise.all(
    masters.map(async (master) => ({
      node: `${master.host}:${master.port}`,
      answer: await askServer(master, servers.access, ask),
    })),
  );
}
