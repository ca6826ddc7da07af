import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { readLogRow } from '../outbox/log-row.ts';
import { refuseEviction } from '../platform/check-redis.ts';
import { messageOf } from '../platform/errors.ts';

/** A role cannot start on these stores; the message says why, for whoever set them up. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** Throws a StoreError unless both stores answer, the database is migrated, and Redis keeps what it is given. */
export async function checkStores(pool: Pool, redis: Redis): Promise<void> {
  await naming('DATABASE_URL', () => readLogRow(pool));
  await naming('REDIS_URL', () => refuseEviction(redis));
}

async function naming(variable: string, check: () => Promise<unknown>): Promise<void> {
  try {
    await check();
  } catch (cause) {
    throw new StoreError(`The server of ${variable} cannot be used: ${reasonOf(cause)}`, { cause });
  }
}

/** ioredis tells of its own bound and not of what it met; pg's refusal on several addresses has a code only. */
function reasonOf(error: unknown): string {
  const { name, code } = error as { name?: string; code?: string };
  if (name === 'MaxRetriesPerRequestError') return 'it does not answer';
  return messageOf(error) || String(code);
}
