/** The status of an answer, as the GraphQL-over-HTTP draft has it. */
import type { ExecutionResult, GraphQLError } from 'graphql';
import { eventStreamType, jsonType, type MediaType } from './media-type.ts';

/** What graphql-yoga keeps beside an error for the answer that carries it; it is not for clients. */
export interface HttpExtension {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The request was well-formed, so that the draft asks for 200 in application/json */
  readonly spec?: boolean;
}

const statusByCode: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  UNAVAILABLE: 503,
  INTERNAL: 500,
};

/**
 * Returns the status for a result. With data it is 200, whatever failed beside it. Without, nothing was executed: in
 * application/json a well-formed request has 200 all the same, because that is all that older clients look into.
 */
export function statusOf(
  result: ExecutionResult,
  https: readonly HttpExtension[],
  type: MediaType | undefined,
): number {
  const { errors } = result;
  if ('data' in result || !errors || errors.length === 0 || type === eventStreamType) return 200;
  const ofTransport = https.filter(({ spec }) => type !== jsonType || !spec).map(({ status }) => status ?? 0);
  const ofCodes = type === jsonType ? [] : errors.map(statusOfError);
  const known = Math.max(0, ...ofTransport);
  return known > 0 ? known : Math.max(ofCodes.length > 0 ? 0 : 200, ...ofCodes);
}

const statusOfError = ({ extensions }: GraphQLError) => statusByCode[String(extensions.code)] ?? 400;

/** Returns the headers that belong to a status. */
export function headersOf(status: number, https: readonly HttpExtension[]): Record<string, string> {
  return {
    ...Object.assign({}, ...https.map(({ headers }) => headers)),
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  };
}
