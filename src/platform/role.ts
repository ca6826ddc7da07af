/** What every process of the platform opens, in one place, closed in reverse order. */
import { hostname } from 'node:os';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Config } from './config.ts';
import { logged } from './failures/text.ts';
import { createLogger, type Logger } from './logger.ts';
import { type Database, type DatabaseOptions, openDatabase } from './postgres.ts';
import type { RedisConnectionOptions } from './redis.ts';

export interface Role extends AsyncDisposable {
  readonly config: Config;
  readonly logger: Logger;
  readonly database: Database;
  readonly registry: Registry;
  /** Names this process in pg_stat_activity, CLIENT LIST and as leader */
  readonly application: string;
  /** `key`: of a Cluster, one in the slot that the connection is for */
  redisOptions(use: string, key?: string): RedisConnectionOptions;
  /** Called at the end, the last one given first. */
  onStop(stop: () => unknown): void;
}

/** `connections` says how its own differ from all that it may have. */
export function openRole(
  name: string,
  config: Config,
  connections: Pick<DatabaseOptions, 'maxConnections' | 'turns'> = {},
): Role {
  const logger = createLogger(name, config.LOG_LEVEL);
  const application = `aorta-${name}@${hostname()}:${process.pid}`;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const database = openDatabase({
    url: config.DATABASE_URL,
    application,
    maxConnections: config.DATABASE_CONNECTIONS,
    ...connections,
  });
  new Gauge({
    name: 'aorta_clock_ahead_seconds',
    help: "By how much the clock of this machine is ahead of PostgreSQL's, by which all times are told",
    registers: [registry],
    collect() {
      this.set(database.clock.aheadMs / 1_000);
    },
  });
  const stops: (() => unknown)[] = [() => database.stop()];
  return {
    config,
    logger,
    database,
    registry,
    application,
    redisOptions: (use, key) => ({ url: config.REDIS_URL, name: `${application}:${use}`, logger, key }),
    onStop: (stop) => stops.push(stop),
    async [Symbol.asyncDispose]() {
      for (const stop of stops.reverse()) {
        await Promise.resolve(stop()).catch?.((error: unknown) =>
          logger.warn(logged(error), 'role.stop_failed'),
        );
      }
    },
  };
}
