/** What a client is told of an error: expected refusals as they are, faults masked and logged once, here. */
import { GraphQLError } from 'graphql';
import { RetentionPassedError } from '../log/reader.ts';
import { DomainError } from '../platform/errors.ts';
import { isOutage } from '../platform/failures/outage.ts';
import { logged } from '../platform/failures/text.ts';
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
  if (isOutage(cause)) {
    logger.warn(logged(cause), 'api.unavailable');
    return withExtensions(error, 'The service is not available at the moment. Try again.', {
      code: 'UNAVAILABLE',
      retryable: true,
    });
  }
  logger.error(logged(cause), 'api.fault');
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
