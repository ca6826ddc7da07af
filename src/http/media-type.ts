import type { OperationTypeNode } from 'graphql';
import Negotiator from 'negotiator';

export const eventStreamType = 'text/event-stream; charset=utf-8';
export const responseType = 'application/graphql-response+json; charset=utf-8';
export const jsonType = 'application/json; charset=utf-8';

// the first is for those to whom all is the same: older clients know no other
const results = [jsonType, responseType] as const;
const streams = [eventStreamType] as const;

export type MediaType = (typeof results)[number] | typeof eventStreamType;

/**
 * Returns what the answer comes as, by what the client accepts; undefined when it accepts nothing that there is.
 * Subscriptions are event streams. What has one result is JSON in one of its two types, also for a client that prefers
 * an event stream, as those do that ask for everything in the same way; it is a stream when no JSON is accepted.
 */
export function negotiate(
  accept: string | null | undefined,
  operation: OperationTypeNode | undefined,
): MediaType | undefined {
  const negotiator = new Negotiator({ headers: { accept: accept || '*/*' } });
  const preferred = <Type extends string>(types: readonly Type[]) =>
    negotiator.mediaType(types) as Type | undefined;
  return operation === 'subscription' ? preferred(streams) : (preferred(results) ?? preferred(streams));
}
