/**
 * The api's connections to PostgreSQL, apart by what they are for: what is read never holds up what is written, and
 * clients that come back never hold up those who ask.
 */
import { type Config, checkConnections } from '../platform/config.ts';
import { type Database, openDatabase } from '../platform/postgres.ts';
import type { Role } from '../platform/role.ts';

export interface Shares {
  /** Also for what the process itself needs, such as the tail of the log */
  readonly mutations: number;
  readonly queries: number;
  /** History, signals, and the items of subscriptions */
  readonly subscriptions: number;
}

/** Together exactly `connections`. Throws a ConfigError for fewer than three. */
export function shareConnections(connections: number): Shares {
  checkConnections({ DATABASE_CONNECTIONS: connections }, 'api', 'mutations, queries and subscriptions');
  const queries = Math.max(1, Math.floor(connections * 0.4));
  const subscriptions = Math.max(1, Math.floor(connections * 0.2));
  return { mutations: connections - queries - subscriptions, queries, subscriptions };
}

const mutationWaitMs = 10_000;
const untilServerEndsItMs = 1_000; // later than the api itself, which says why

/** How the role opens what mutations use. */
export const mutationConnections = ({ DATABASE_CONNECTIONS }: Config) => {
  const { mutations } = shareConnections(DATABASE_CONNECTIONS);
  return { maxConnections: mutations, turns: { maxWaitMs: mutationWaitMs } };
};

/** Room is left for others, whatever one socket asks for, and whatever one client over many sockets. */
const queryTurns = (places: number) => ({
  perConnection: Math.max(1, places - 2),
  perClient: Math.max(1, places - 1),
});

export interface ApiDatabases {
  readonly mutations: Database;
  readonly queries: Database;
  readonly subscriptions: Database;
}

/** Closed with the role. */
export function openApiDatabases({ config, application, database, onStop }: Role): ApiDatabases {
  const shares = shareConnections(config.DATABASE_CONNECTIONS);
  const open = (use: 'queries' | 'subscriptions', statementTimeoutMs?: number) => {
    const most = shares[use];
    const opened = openDatabase({
      url: config.DATABASE_URL,
      application: `${application}:${use}`,
      maxConnections: most,
      turns: use === 'queries' ? queryTurns(most) : { perConnection: Math.max(1, most - 1) },
      ...(statementTimeoutMs === undefined ? {} : { statementTimeoutMs }),
    });
    onStop(() => opened.stop());
    return opened;
  };
  return {
    mutations: database,
    // the server's own limit is for when this process cannot end them any more
    queries: open('queries', config.REQUEST_TIMEOUT_MS + untilServerEndsItMs),
    subscriptions: open('subscriptions'),
  };
}
