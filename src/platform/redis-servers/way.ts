import { Command, type Redis, type RedisOptions } from 'ioredis';
import { openCluster } from './cluster.ts';
import { connectorTo } from './connector.ts';
import { followMoves } from './follow-moves.ts';
import { findPrimary } from './sentinel.ts';
import { type Access, serversOf } from './servers.ts';

/** How a connection comes to its server, and stays with the right one. */
export interface Way {
  readonly options: RedisOptions;
  /** To be called for every connection that is made with the options. */
  follow(redis: Redis): void;
}

/** Undefined for a URL of one server, which is connected to as it is written. */
export function wayTo(url: string, key: string | undefined): Way | undefined {
  const servers = serversOf(url);
  if (servers.kind === 'single') return undefined;
  if (servers.kind === 'sentinel') {
    const Connector = connectorTo(() => findPrimary(servers));
    return { options: { ...optionsOf(servers.access), Connector, db: servers.db }, follow() {} };
  }
  const cluster = openCluster(servers);
  const route = { slot: key === undefined ? undefined : slotOf(key) };
  const Connector = connectorTo(() => cluster.masterOf(route.slot));
  return {
    options: { ...optionsOf(servers.access), Connector },
    follow: (redis) => followMoves(redis, route),
  };
}

const optionsOf = ({ tls, ...login }: Access): RedisOptions => ({ ...login, ...(tls ? { tls } : {}) });

const slotOf = (key: string) => new Command('exists', [key]).getSlot();
