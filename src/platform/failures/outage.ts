import { messageOf } from '../errors.ts';

/** How each of them tells of a store that cannot be reached, has no room, or did not get to it. */
const systemCodes = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/;
/**
 * 08 connections, 25006 a standby, 40001 and 40P01 two that were in each other's way, 53 no disk, memory or connection
 * left, 55P03 a lock that was waited for, 57014 a statement that took too long, 57P0 a server that goes or comes.
 */
const postgresCodes = /^(08|25006|40001|40P01|53|55P03|57014|57P0[1-5])/;
const prismaCodes =
  /^(P1001|P1002|P1008|P1011|P1017|P2024|P2028|P2034|ConnectionClosed|DatabaseNotReachable|SocketTimeout|TooManyConnections|TransactionWriteConflict)$/;
const messages =
  /connection (timeout|terminated)|timeout exceeded when trying to connect|max retries per request|command timed out|connection is closed|^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN) /i;

/** Whether a store is the reason, as pg, Prisma and ioredis tell of it: nothing is wrong with our code. */
export function isOutage(cause: unknown): boolean {
  const code = codeOf(cause);
  return (
    [systemCodes, postgresCodes, prismaCodes].some((codes) => codes.test(code)) ||
    messages.test(messageOf(cause))
  );
}

/**
 * Prisma has one code for all that PostgreSQL refuses in a raw query, and beneath it PostgreSQL's own, or a word of its
 * driver where the server said nothing.
 */
function codeOf(cause: unknown): string {
  const { code, meta } = (cause ?? {}) as {
    code?: unknown;
    meta?: { driverAdapterError?: { cause?: { originalCode?: unknown; kind?: unknown } } };
  };
  const { originalCode, kind } = meta?.driverAdapterError?.cause ?? {};
  return String((code === 'P2010' && (originalCode || kind)) || (code ?? ''));
}
