/** What a client is told of an error: expected refusals as they are, faults masked and logged once, here. */
import { GraphQLError } from 'graphql';
import { RetentionPassedError } from '../log/reader.ts';
import { DomainError, messageOf } from '../platform/errors.ts';
import type { Logger } from '../platform/logger.ts';

export interface ErrorFormat {
  readonly logger: Logger;
  readonly encodeCursor: (position: number) => string;
}

/** Gives every error a stable `extensions.code`. */
export function formatError(error: unknown, { logger, encodeCursor }: ErrorFormat): GraphQLError {
  const cause = error instanceof GraphQLError ? error.originalError : error;
  if (cause instanceof DomainError) {
    return withExtensions(error, cause.message, {
      code: cause.code,
      ...(cause.retryable ? { retryable: true } : {}),
      ...(cause instanceof RetentionPassedError ? { oldest: encodeCursor(cause.oldest) } : {}),
      ...cause.details,
    });
  }
  // GraphQL's own: a document or a variable that does not fit the schema
  if (error instanceof GraphQLError && (cause === undefined || cause instanceof GraphQLError)) {
    return withExtensions(error, error.message, {
      ...withoutInternals(error.extensions),
      code: ourCode(error.extensions.code),
    });
  }
  logger.error({ error: cause instanceof Error ? cause.stack : String(cause) }, 'api.fault');
  if (isOutage(cause)) {
    return withExtensions(error, 'The service is not available at the moment. Try again.', {
      code: 'UNAVAILABLE',
      retryable: true,
    });
  }
  return withExtensions(error, 'Something went wrong on our side.', { code: 'INTERNAL' });
}

// what graphql-yoga calls a request that it cannot read, and its own faults
const yogaCode = /^(GRAPHQL_.*|BAD_REQUEST|OPERATION_RESOLUTION_FAILURE|REQUEST_ENTITY_TOO_LARGE)$/;

/** What graphql-yoga keeps for itself beside an error. */
function withoutInternals({ http, unexpected, originalError, ...rest }: Record<string, unknown>) {
  return rest;
}

function ourCode(given: unknown): string {
  if (given === 'INTERNAL_SERVER_ERROR') return 'INTERNAL';
  return typeof given === 'string' && !yogaCode.test(given) ? given : 'BAD_USER_INPUT';
}

function withExtensions(error: unknown, message: string, extensions: Record<string, unknown>): GraphQLError {
  if (!(error instanceof GraphQLError)) return new GraphQLError(message, { extensions });
  const { nodes = null, source = null, positions = null, path = null } = error;
  return new GraphQLError(message, { nodes, source, positions, path, extensions });
}

/** A store that cannot be reached or has no room, as pg, Prisma and ioredis tell of it. */
function isOutage(cause: unknown): boolean {
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
