/** What an operation over HTTP is answered with: its media type, its status, its errors, or an event stream. */
import type { ServerResponse } from 'node:http';
import { type ExecutionResult, GraphQLError, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { eventStreamType, jsonType, type MediaType, negotiate } from '../http/media-type.ts';
import { type HttpExtension, headersOf, statusOf } from '../http/status.ts';
import type { Logger } from '../platform/logger.ts';
import { eventStream, eventStreamHeaders, isEventSource } from './event-stream.ts';
import type { Executor } from './executor.ts';
import { tokenOf } from './single-connection/protocol.ts';
import type { Subscription } from './subscribe.ts';

export interface AnswerOptions {
  readonly executor: Executor;
  readonly keepAliveMs: number;
  readonly logger: Logger;
  readonly correlationIdOf: (request: Request) => string;
  readonly onEventStream: (response: ServerResponse) => void;
}

/** What yoga is given beside a request */
export interface NodeContext {
  readonly response: ServerResponse;
}

/** Negotiates before anything is executed, so that nothing is done whose outcome could not be told. */
export function useAnswer(options: AnswerOptions): Plugin<NodeContext> {
  const { executor, keepAliveMs, correlationIdOf, logger, onEventStream } = options;
  const negotiated = new WeakMap<Request, MediaType | undefined>();

  return {
    onParams({ request, params, context, setResult }) {
      if (tokenOf(request) !== undefined) return; // its results come on another stream
      const operation = operationIn(params);
      const type = negotiate(request.headers.get('accept'), operation);
      negotiated.set(request, type);
      if (!type) setResult({ errors: [notAcceptable(operation === 'subscription')] });
      else if (operation === 'subscription') onEventStream((context as NodeContext).response);
    },
    onResultProcess({ request, result, setResultProcessor }) {
      if (Array.isArray(result)) return;
      const begun = result as ExecutionResult | Subscription;
      const type = negotiated.has(request)
        ? negotiated.get(request)
        : negotiate(request.headers.get('accept'), undefined);
      const https = httpOf(begun);
      const answer = 'join' in begun ? begun : formatted(begun, correlationIdOf(request));
      if (type === eventStreamType) {
        setResultProcessor(
          (_result, { Response }) =>
            new Response(eventStream(answer, keepAliveMs, request.signal, logger, isEventSource(request)), {
              headers: eventStreamHeaders,
            }),
          type,
        );
        return;
      }
      const status = statusOf(answer as ExecutionResult, https, type);
      const headers = { 'content-type': type ?? jsonType, ...headersOf(status, https) };
      setResultProcessor(
        (_result, { Response }) => new Response(JSON.stringify(answer), { status, headers }),
        type ?? jsonType,
      );
    },
  };

  function operationIn({ query, operationName }: { query?: unknown; operationName?: unknown }) {
    if (typeof query !== 'string') return undefined;
    const checked = executor.check(query);
    if (!('document' in checked)) return undefined;
    const name = typeof operationName === 'string' ? operationName : undefined;
    return getOperationAST(checked.document, name)?.operation;
  }

  /** Errors that arose before execution get the executor's format, and every answer its correlation id. */
  function formatted(result: ExecutionResult, correlationId: string): ExecutionResult {
    if (result.extensions?.correlationId !== undefined) return result;
    return {
      ...result,
      ...(result.errors ? { errors: result.errors.map(executor.formatError) } : {}),
      extensions: { ...result.extensions, correlationId },
    };
  }
}

function httpOf(begun: ExecutionResult | Subscription): readonly HttpExtension[] {
  if ('join' in begun) return [];
  return (begun.errors ?? []).flatMap(({ extensions: { http, originalError } }) =>
    // with what JSON.parse threw beside it the body was no JSON, so that the request was not well-formed
    http ? [originalError ? { ...http, spec: false } : http] : [],
  );
}

function notAcceptable(subscription: boolean): GraphQLError {
  const message = subscription
    ? 'Subscriptions come over WebSocket, or as Server-Sent Events: send Accept: text/event-stream.'
    : 'Answers are JSON: send Accept: application/graphql-response+json, or application/json.';
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status: 406 } } });
}
