/**
 * graphql-sse's single connection mode, for pages: a browser opens six connections to a host over HTTP/1.1, and each
 * event stream of its own takes one. PUT reserves a stream and GET opens it; operations are posted beside it.
 */
import type { ServerResponse } from 'node:http';
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Logger } from '../../platform/logger.ts';
import type { SignIn } from '../../platform/sign-in.ts';
import { eventStreamHeaders, isEventSource } from '../event-stream.ts';
import type { Executor, LiveContext } from '../executor.ts';
import type { NodeContext } from '../http-answer.ts';
import type { Operation } from '../operation.ts';
import { maxIdLength } from '../socket/client-message.ts';
import type { Subscription } from '../subscribe.ts';
import { operationParameter, parameterOf, tokenOf } from './protocol.ts';
import { createReservations } from './reservations.ts';
import type { SharedStream } from './shared-stream.ts';

export interface SingleConnectionOptions {
  readonly logger: Logger;
  readonly path: string;
  readonly executor: Executor;
  readonly signIn: SignIn;
  readonly keepAliveMs: number;
  readonly maxSubscriptions: number;
  readonly maxAnswerBytes: number;
  /** Called with the response that a stream is read from */
  readonly onEventStream: (response: ServerResponse) => void;
}

/** An operation that was posted for a stream. What goes wrong before it begins is answered over HTTP. */
interface Posted {
  readonly stream: SharedStream;
  readonly operation: Operation;
  begun: boolean;
}

export function useSingleConnection(options: SingleConnectionOptions): Plugin<NodeContext> {
  const { path, executor, signIn, keepAliveMs, onEventStream } = options;
  const reservations = createReservations(options);
  const posted = new WeakMap<Request, Posted>();

  const streamOf = (token: string): SharedStream => {
    const stream = reservations.find(token);
    if (!stream) throw refusal(404, 'NOT_FOUND', 'There is no such event stream. Reserve one with PUT.');
    return stream;
  };

  /** Undefined for what is no request about a stream. */
  const answer = async (request: Request, response: ServerResponse): Promise<Response | undefined> => {
    const token = tokenOf(request);
    if (request.method === 'PUT') {
      const { scope } = await signIn(request.headers.get('authorization') ?? undefined);
      const reserved = reservations.reserve(scope);
      if (!reserved) throw refusal(503, 'UNAVAILABLE', 'Too many event streams are being opened. Try again.');
      return new Response(reserved, {
        status: 201,
        headers: { 'content-type': 'text/plain', ...neverCached },
      });
    }
    if (request.method === 'DELETE' && token !== undefined) {
      streamOf(token).complete(parameterOf(request, operationParameter) ?? '');
      return new Response(null, { status: 200 });
    }
    if (request.method !== 'GET') return new Response(null, { status: 405, headers: { allow } });
    if (token === undefined || parameterOf(request, 'query') !== null) return undefined;
    if (streamOf(token).isOpen) {
      throw refusal(409, 'BAD_USER_INPUT', 'This event stream is open already. Reserve another.');
    }
    const reader = { keepAliveMs, seesPings: isEventSource(request), gone: request.signal };
    const body = reservations.open(token, reader);
    onEventStream(response);
    return new Response(body, { headers: eventStreamHeaders });
  };

  /** Gives what is aborted when the operation is stopped, before it has begun too. */
  const reserve = (request: Request, extensions: Readonly<Record<string, unknown>> = {}) => {
    const token = tokenOf(request);
    if (token === undefined) return undefined;
    const stream = streamOf(token);
    const id = extensions.operationId;
    if (typeof id !== 'string' || id === '' || id.length > maxIdLength) {
      throw refusal(400, 'BAD_USER_INPUT', `Send extensions.operationId, of 1 to ${maxIdLength} characters.`);
    }
    const operation = stream.reserve(id);
    if (!operation) {
      throw refusal(409, 'BAD_USER_INPUT', 'This event stream has an operation of that id, or too many.');
    }
    posted.set(request, { stream, operation, begun: false });
    return operation.givenUp;
  };

  const begin = async <Begun>(
    { contextValue }: ExecutionArgs,
    isSubscription: boolean,
    run: () => Begun | Promise<Begun>,
  ): Promise<Begun | ExecutionResult> => {
    const { request, viewer } = contextValue as LiveContext & { request: Request };
    const operation = posted.get(request)!;
    if (viewer.scope !== operation.stream.scope) {
      const message =
        'Somebody else has reserved this event stream. Reserve one with PUT, signed in the same way.';
      return { errors: [refusal(403, 'FORBIDDEN', message)] };
    }
    operation.begun = true;
    operation.operation.isSubscription = isSubscription;
    const refused = operation.stream.refusalOf(operation.operation);
    return refused ? { errors: [refused] } : run();
  };
  const isPosted = ({ contextValue }: { contextValue?: unknown }) =>
    posted.has((contextValue as { request: Request }).request);

  return {
    async onRequest({ request, url, serverContext, endResponse }) {
      if (request.method === 'POST' || url.pathname !== path) return;
      const response = await answer(request, (serverContext as unknown as NodeContext).response).catch(
        (error) => refuse(error, executor.formatError(error)),
      );
      if (response) endResponse(response);
    },
    onParams({ request, params, context, setResult }) {
      try {
        Object.assign(context, { stopped: reserve(request, params.extensions) });
      } catch (error) {
        setResult({ errors: [error as GraphQLError] });
      }
    },
    onExecute({ args, executeFn, setExecuteFn }) {
      if (isPosted(args)) setExecuteFn((given: ExecutionArgs) => begin(given, false, () => executeFn(given)));
    },
    onSubscribe({ args, setSubscribeFn }) {
      if (!isPosted(args)) return;
      setSubscribeFn((given: ExecutionArgs) => begin(given, true, () => executor.subscribe(given)) as never);
    },
    onResultProcess({ request, setResultProcessor }) {
      const operation = posted.get(request);
      if (!operation?.begun) return;
      setResultProcessor((result) => {
        operation.stream.follow(operation.operation, result as ExecutionResult | Subscription);
        return new Response(null, { status: 202 });
      }, 'application/json');
    },
    onResponse({ request }) {
      const operation = posted.get(request);
      if (operation && !operation.begun) operation.operation.end();
    },
  };
}

const allow = 'GET, POST, PUT, DELETE, OPTIONS';
const neverCached = { 'cache-control': 'no-store' };

const refusal = (status: number, code: string, message: string) =>
  new GraphQLError(message, { extensions: { code, http: { status } } });

const statusOf: Readonly<Record<string, number>> = { UNAUTHENTICATED: 401, UNAVAILABLE: 503 };

/** Answers a request about a stream, which runs no operation. */
function refuse(thrown: unknown, { message, extensions }: GraphQLError): Response {
  const { http } = (thrown instanceof GraphQLError ? thrown.extensions : {}) as { http?: { status: number } };
  const status = http?.status ?? statusOf[String(extensions.code)] ?? 500;
  const body = { errors: [{ message, extensions }] };
  return Response.json(body, { status, headers: neverCached });
}
