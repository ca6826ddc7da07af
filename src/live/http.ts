/** GraphQL over HTTP, with the playground: graphql-yoga, held to our executor and our limits. */
import { randomUUID } from 'node:crypto';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import type { DocumentNode, ExecutionArgs, ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { eventStream } from './event-stream.ts';
import type { Executor } from './executor.ts';

export interface HttpOptions {
  readonly path: string;
  readonly schema: GraphQLSchema;
  readonly executor: Executor;
  readonly allowedOrigins: readonly string[];
  readonly keepAliveMs: number;
  /** What the playground shows first */
  readonly welcome: string;
}

/** The request listener for the path of the API. */
export function createHttpApi({ path, schema, executor, allowedOrigins, keepAliveMs, welcome }: HttpOptions) {
  return createYoga({
    schema,
    graphqlEndpoint: path,
    landingPage: false,
    logging: false,
    multipart: false,
    batching: false,
    maskedErrors: false, // the executor formats errors, for every transport alike
    cors: allowedOrigins.length > 0 ? { origin: [...allowedOrigins], credentials: true } : false,
    graphiql: { title: 'Aorta', subscriptionsProtocol: 'WS', defaultQuery: welcome },
    renderGraphiQL,
    plugins: [useExecutor(executor), useExtensions(executor), useEventStream(executor, keepAliveMs)],
  });
}

const contexts = new WeakMap<Request, object>();

/** Runs every operation through the executor. */
function useExecutor(executor: Executor): Plugin {
  return {
    async onContextBuilding({ context, extendContext }) {
      const { request, params } = context as unknown as { request: Request; params: { query?: string } };
      const checked = executor.check(params.query ?? '');
      const document =
        'document' in checked ? checked.document : ({ kind: 'Document', definitions: [] } as never);
      extendContext((await executor.contextOf(requestInfo(request), document as DocumentNode)) as never);
    },
    onExecute({ args, setExecuteFn }) {
      contexts.set((args.contextValue as { request: Request }).request, args.contextValue as object);
      setExecuteFn((given: ExecutionArgs) => executor.execute(given));
    },
    onSubscribe({ args, setSubscribeFn }) {
      contexts.set((args.contextValue as { request: Request }).request, args.contextValue as object);
      setSubscribeFn((given: ExecutionArgs) => executor.subscribe(given) as never);
    },
  };
}

/** Errors that arose before execution get the same format, and every response its correlation id. */
function useExtensions(executor: Executor): Plugin {
  return {
    onResultProcess({ request, result, setResult }) {
      if (Array.isArray(result) || Symbol.asyncIterator in result) return;
      const executed = result as ExecutionResult;
      if (executed.extensions?.correlationId !== undefined) return;
      setResult({
        ...executed,
        ...(executed.errors ? { errors: executed.errors.map(withCode) } : {}),
        extensions: { ...executed.extensions, correlationId: requestInfo(request).correlationId },
      });
    },
  };

  function withCode(error: GraphQLError): GraphQLError {
    // yoga's own `http` extension decides the status
    const { http } = error.extensions;
    const formatted = executor.formatError(error);
    if (http !== undefined) formatted.extensions.http = http;
    return formatted;
  }
}

/** Subscriptions answer with our event stream, which can be resumed. */
function useEventStream(executor: Executor, keepAliveMs: number): Plugin {
  return {
    onResultProcess({ request, result, setResultProcessor }) {
      const asked = request.headers.get('accept')?.includes('text/event-stream') ?? false;
      if (!asked || Array.isArray(result)) return;
      const progress = () => executor.sourceOf(contexts.get(request) ?? {})?.progress?.();
      setResultProcessor(
        (processed, { Response }) =>
          new Response(eventStream(processed as ExecutionResult, { keepAliveMs, progress }), {
            headers: {
              'content-type': 'text/event-stream; charset=utf-8',
              'cache-control': 'no-cache, no-transform',
              'x-accel-buffering': 'no',
            },
          }),
        'text/event-stream',
      );
    },
  };
}

const correlationIds = new WeakMap<Request, string>();

function requestInfo(request: Request) {
  let correlationId = correlationIds.get(request);
  if (!correlationId) {
    const given = request.headers.get('x-correlation-id');
    correlationId = given && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
    correlationIds.set(request, correlationId);
  }
  return { correlationId, lastEventId: request.headers.get('last-event-id') || undefined };
}
