import { messageOf } from '../errors.ts';

/** Whether a store cannot be reached or has no room, as pg, Prisma and ioredis tell of it: nothing is wrong with our code. */
export function isOutage(cause: unknown): boolean {
  return (
    // 57014: a statement that took too long; class 53 is insufficient resources: a full disk, no memory, no connection left
    /^(ECONN|EPIPE|ETIMEDOUT|53|57014|57P0[123]|08|P1001|P1002|P1017|P2024|P2028)/.test(codeOf(cause)) ||
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
