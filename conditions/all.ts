/** Every condition, in the order in which they are run. */
import type { Condition } from './condition.ts';
import { ipv6, unixSocket } from './network/addresses.ts';
import { behindNginx } from './network/nginx.ts';
import { tls } from './network/tls.ts';
import { staging, stagingWithItsOwnLog } from './postgres/copies.ts';
import { postgresFailover } from './postgres/failover.ts';
import { poolers } from './postgres/poolers.ts';
import { refusedDatabases, standby } from './postgres/refused.ts';
import { documentedRights } from './postgres/rights.ts';
import { schemas } from './postgres/schemas.ts';
import { atHome, settings } from './postgres/settings.ts';
import { versions } from './postgres/versions.ts';
import { clocks } from './processes/clocks.ts';
import { environments, tooFewConnections } from './processes/environment.ts';
import { redisFailover } from './redis/failover.ts';
import { refusedRedis } from './redis/refused.ts';
import { replicatedRedis } from './redis/replicated.ts';
import { redisSettings } from './redis/settings.ts';
import { smallRedis } from './redis/small.ts';

export const conditions: readonly Condition[] = [
  atHome,
  ...settings,
  ...versions,
  ...schemas,
  documentedRights,
  ...poolers,
  ...refusedDatabases,
  standby,
  postgresFailover,
  staging,
  stagingWithItsOwnLog,
  ...redisSettings,
  ...refusedRedis,
  redisFailover,
  smallRedis,
  ...replicatedRedis,
  ...tls,
  unixSocket,
  ipv6,
  behindNginx,
  ...clocks,
  ...environments,
  tooFewConnections,
];
