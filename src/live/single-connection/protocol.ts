/**
 * Names of graphql-sse's single connection mode, in which one event stream carries the results of many operations
 * (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md#single-connection-mode).
 */
export const tokenHeader = 'x-graphql-event-stream-token';
export const tokenParameter = 'token';
export const operationParameter = 'operationId';

/** The token of the stream that a request belongs to, if any. An EventSource has only the address to put it in. */
export function tokenOf(request: Request): string | undefined {
  const inHeader = request.headers.get(tokenHeader);
  if (inHeader || !request.url.includes(`${tokenParameter}=`)) return inHeader ?? undefined;
  return parameterOf(request, tokenParameter) || undefined;
}

export const parameterOf = (request: Request, name: string) => new URL(request.url).searchParams.get(name);
