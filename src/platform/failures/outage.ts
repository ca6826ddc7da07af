import { messageOf } from '../errors.ts';

/** Whether a store cannot be reached, has no room or did not get to it, as pg, Prisma and ioredis tell of it: nothing is wrong with our code. */
export function isOutage(cause: unknown): boolean {
  return (
    /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/.test(codeOf(cause)) ||
    // 08 connections, 25006 a standby or read-only, 40001 and 40P01 two that were in each other's way, 53 a full disk, no
    // memory, no connection left, 55P03 a lock that was waited for, 57014 a statement that took too long, 57P0 a server
    // that goes or comes; P1 and P2024, P2028, P2034: Prisma's words for the same
    /^(08|25006|40001|40P01|53|55P03|57014|57P0[1-5]|P1001|P1002|P1008|P1011|P1017|P2024|P2028|P2034)/.test(
      codeOf(cause),
    ) ||
    /connection (timeout|terminated)|timeout exceeded when trying to connect|max retries per request|command timed out|connection is closed/i.test(
      messageOf(cause),
    )
  );
}

/** Prisma has one code for all that PostgreSQL refuses in a raw query, and PostgreSQL's own beneath it. */
function codeOf(cause: unknown): string {
  const { code, meta } = (cause ?? {}) as {
    code?: unknown;
    meta?: { driverAdapterError?: { cause?: { originalCode?: unknown } } };
  };
  return String((code === 'P2010' && meta?.driverAdapterError?.cause?.originalCode) || (code ?? ''));
}
