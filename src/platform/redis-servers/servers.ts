/** Which servers a REDIS_URL names: one, the nodes of a Cluster, or the Sentinels that know the primary. */
import { parseRedisUrl } from './redis-url.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** What a server asks of those who connect. */
export interface Access {
  readonly username?: string;
  readonly password?: string;
  readonly tls?: Readonly<Record<string, never>>;
}

export type RedisServers =
  | { readonly kind: 'single' }
  | { readonly kind: 'cluster'; readonly nodes: readonly Endpoint[]; readonly access: Access }
  | {
      readonly kind: 'sentinel';
      readonly sentinels: readonly Endpoint[];
      /** The name under which the Sentinels know the primary */
      readonly primary: string;
      readonly db: number;
      readonly access: Access;
      readonly sentinelAccess: Access;
    };

/** Throws an error that says what is wrong with the URL, and nothing of its password. */
export function serversOf(url: string): RedisServers {
  const { scheme, tls, username, password, endpoints, path, query } = parseRedisUrl(url);
  const access = accessOf(username, password, tls);
  if (scheme === 'sentinel') {
    const [, primary, db] = /^\/([^/]+)(?:\/(\d+))?$/.exec(path) ?? [];
    if (!primary)
      throw new Error(
        `must end with the name of the primary, and its database if it is not 0: ${sentinelForm}`,
      );
    const sentinels = endpoints.map(({ host, port = 26_379 }) => ({ host, port }));
    const sentinelAccess = accessOf(
      query.get('sentinel_username') ?? '',
      query.get('sentinel_password') ?? '',
      tls,
    );
    return {
      ...{ kind: 'sentinel', sentinels, primary: decodeURIComponent(primary), db: Number(db ?? 0) },
      ...{ access, sentinelAccess },
    };
  }
  if (scheme === 'cluster' || endpoints.length > 1) {
    if (!/^\/?0?$/.test(path))
      throw new Error(`names a database, and a Cluster has none but 0: ${clusterForm}`);
    return { kind: 'cluster', nodes: endpoints.map(({ host, port = 6_379 }) => ({ host, port })), access };
  }
  return { kind: 'single' };
}

/** Whether it is a Cluster: keys that are used together must be in one slot then. */
export const isCluster = (url: string) => serversOf(url).kind === 'cluster';

export const clusterForm = 'redis+cluster://host:6379,host:6379';
export const sentinelForm = 'redis+sentinel://host:26379,host:26379/primary/0';

function accessOf(username: string, password: string, tls: boolean): Access {
  return {
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(tls ? { tls: {} } : {}),
  };
}
