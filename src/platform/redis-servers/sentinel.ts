import { askServer } from './ask-server.ts';
import type { Endpoint, RedisServers } from './servers.ts';
import { shuffled } from './shuffled.ts';

type Sentinels = Extract<RedisServers, { kind: 'sentinel' }>;

/** The primary as the first Sentinel that answers knows it. Throws when none does, or when none knows the name. */
export async function findPrimary({ sentinels, primary, sentinelAccess }: Sentinels): Promise<Endpoint> {
  let failure: unknown;
  for (const sentinel of shuffled(sentinels)) {
    try {
      const address = await askServer(sentinel, sentinelAccess, (redis) =>
        redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', primary),
      );
      const [host, port] = (address ?? []) as string[];
      if (host) return { host, port: Number(port) };
      failure = new Error(`the Sentinel ${sentinel.host}:${sentinel.port} knows no primary named ${primary}`);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
