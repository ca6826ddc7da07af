import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import type { Look } from '../log/ownership.ts';
import { readLogRow } from '../outbox/log-row.ts';
import { refuseUsedPositions } from '../outbox/sequence.ts';
import { refuseClusterNode, refuseEviction, refuseReplica } from '../platform/check-redis.ts';
import { messageOf } from '../platform/errors.ts';
import { explainPooler, refuseTransactionPooling } from '../platform/pooler.ts';
import { askPrimaries } from '../platform/redis-servers/primaries.ts';
import { serversOf } from '../platform/redis-servers/servers.ts';
import type { Role } from '../platform/role.ts';
import { readMigrationState } from './check-migrations.ts';
import { refuseOthersLog } from './check-owner.ts';

/** A role cannot start on these stores; the message says why, for whoever set them up. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/**
 * Throws a StoreError unless both stores answer and take writes, the database has every migration of this code and gives out
 * positions that are new, Redis keeps what it is given, and the log there is not another database's. A database that newer
 * code has migrated is taken, because old and new code run side by side; the log says so.
 */
export async function checkStores(
  pool: Pool,
  redis: Redis,
  ownerRedis: Redis,
  { config, logger }: Pick<Role, 'config' | 'logger'>,
): Promise<{ readonly owner: Look }> {
  const { pending, unknown } = await naming('DATABASE_URL', () => readMigrationState(pool));
  if (pending.length > 0) {
    const names = pending.length > 3 ? `${pending.length} migrations` : pending.join(', ');
    throw new StoreError(`The database of DATABASE_URL lacks ${names}: run "npm run migrate" first.`);
  }
  if (unknown.length > 0) logger.warn({ migrations: unknown }, 'stores.newer_than_code');
  await naming('DATABASE_URL', () => refuseTransactionPooling(pool));
  await naming('DATABASE_URL', () => readLogRow(pool));
  await naming('DATABASE_URL', () => refuseUsedPositions(pool));
  const { REDIS_URL: url } = config;
  // first where they are looked up: that fails with the reason
  await naming('REDIS_URL', () => askPrimaries(url, redis, refuseEviction));
  await naming('REDIS_URL', () => redis.select(redis.options.db ?? 0)); // ioredis itself goes on with 0
  await naming('REDIS_URL', () => refuseReplica(redis));
  if (serversOf(url).kind === 'single') await naming('REDIS_URL', () => refuseClusterNode(redis));
  const sources = { pool, redis: ownerRedis, logName: config.LOG_NAME };
  const owner = await naming('DATABASE_URL with this Redis', () => refuseOthersLog(sources));
  return { owner };
}

async function naming<Answer>(variable: string, check: () => Promise<Answer>): Promise<Answer> {
  try {
    return await check();
  } catch (cause) {
    throw new StoreError(`The server of ${variable} cannot be used: ${reasonOf(cause)}`, { cause });
  }
}

/** ioredis tells of its own bound and not of what it met; pg's refusal on several addresses has a code only. */
function reasonOf(error: unknown): string {
  const { name, code } = error as { name?: string; code?: string };
  if (name === 'MaxRetriesPerRequestError') return 'it does not answer';
  return explainPooler(messageOf(error) || String(code));
}
