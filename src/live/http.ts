/** GraphQL over HTTP, with the playground: graphql-yoga, held to our executor and our limits. */
import { randomUUID } from 'node:crypto';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
} from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { Logger } from '../platform/logger.ts';
import type { SignIn } from '../platform/sign-in.ts';
import { eventStream } from './event-stream.ts';
import { type Executor, parseDocument } from './executor.ts';
import type { Subscription } from './subscribe.ts';
import { declaredOnly } from './variables.ts';

export interface HttpOptions {
  readonly path: string;
  readonly schema: GraphQLSchema;
  readonly executor: Executor;
  readonly allowedOrigins: readonly string[];
  readonly keepAliveMs: number;
  readonly signIn: SignIn;
  readonly logger: Logger;
  /** What the playground shows first */
  readonly welcome: string;
}

/** The request listener for the path of the API. */
export function createHttpApi(options: HttpOptions) {
  const { path, schema, executor, allowedOrigins, keepAliveMs, signIn, logger, welcome } = options;
  return createYoga({
    schema,
    graphqlEndpoint: path,
    landingPage: false,
    logging: false,
    multipart: false,
    batching: false,
    parserAndValidationCache: false, // the executor has one for all transports, bounded by what it takes
    maskedErrors: false, // the executor formats errors, for every transport alike
    cors: allowedOrigins.length > 0 ? { origin: [...allowedOrigins], credentials: true } : false,
    graphiql: { title: 'Aorta', subscriptionsProtocol: 'WS', defaultQuery: welcome },
    renderGraphiQL,
    plugins: [useExecutor(executor, signIn), useExtensions(executor), useEventStream(keepAliveMs, logger)],
  });
}

/** Runs every operation through the executor. */
function useExecutor(executor: Executor, signIn: SignIn): Plugin {
  return {
    onParams({ params }) {
      const checked = executor.check(params.query ?? '');
      const definition = 'document' in checked && getOperationAST(checked.document, params.operationName);
      const { variables } = params;
      if (!definition || !variables) return;
      // in place: the request holds what was parsed for as long as its event stream lives
      const declared = declaredOnly(definition, variables);
      for (const name of Object.keys(variables)) if (!Object.hasOwn(declared, name)) delete variables[name];
    },
    onParse({ params, setParseFn, setParsedDocument }) {
      const checked = executor.check(String(params.source));
      if ('document' in checked) setParsedDocument(checked.document);
      else setParseFn(parseDocument);
    },
    onValidate({ params, setResult }) {
      if (executor.isRight(params.documentAST)) setResult([]);
    },
    async onContextBuilding({ context, extendContext }) {
      const { request, params } = context as unknown as { request: Request; params: RequestParams };
      const checked = executor.check(params.query ?? '');
      const document =
        'document' in checked ? checked.document : ({ kind: 'Document', definitions: [] } as never);
      const viewer = await signIn(request.headers.get('authorization') ?? undefined);
      const resumeAfter = request.headers.get('last-event-id') || params.extensions?.after;
      const info = {
        correlationId: correlationIdOf(request),
        viewer,
        resumeAfter: typeof resumeAfter === 'string' ? resumeAfter : undefined,
      };
      extendContext((await executor.contextOf(info, document as DocumentNode)) as never);
    },
    onExecute({ setExecuteFn }) {
      setExecuteFn((args: ExecutionArgs) => executor.execute(args));
    },
    onSubscribe({ args, setSubscribeFn }) {
      const { request } = args.contextValue as { request: Request };
      setSubscribeFn((given: ExecutionArgs) =>
        asksForEventStream(request) ? (executor.subscribe(given) as never) : notAcceptable(),
      );
    },
  };
}

interface RequestParams {
  readonly query?: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** Errors that arose before execution get the same format, and every response its correlation id. */
function useExtensions(executor: Executor): Plugin {
  return {
    onResultProcess({ request, result, setResult }) {
      if (Array.isArray(result) || 'join' in result || Symbol.asyncIterator in result) return;
      const executed = result as ExecutionResult;
      if (executed.extensions?.correlationId !== undefined) return;
      setResult({
        ...executed,
        ...(executed.errors ? { errors: executed.errors.map(withCode) } : {}),
        extensions: { ...executed.extensions, correlationId: correlationIdOf(request) },
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
function useEventStream(keepAliveMs: number, logger: Logger): Plugin {
  return {
    onResultProcess({ request, result, setResultProcessor }) {
      if (!asksForEventStream(request) || Array.isArray(result)) return;
      setResultProcessor(
        (processed, { Response }) =>
          new Response(
            eventStream(processed as ExecutionResult | Subscription, keepAliveMs, request.signal, logger),
            {
              headers: {
                'content-type': 'text/event-stream; charset=utf-8',
                'cache-control': 'no-cache, no-transform',
                'x-accel-buffering': 'no',
              },
            },
          ),
        'text/event-stream',
      );
    },
  };
}

const asksForEventStream = (request: Request) =>
  request.headers.get('accept')?.includes('text/event-stream') ?? false;

function notAcceptable(): ExecutionResult {
  const message =
    'Subscriptions come over WebSocket, or as Server-Sent Events: send Accept: text/event-stream.';
  const extensions = { code: 'BAD_USER_INPUT', http: { status: 406 } };
  return { errors: [new GraphQLError(message, { extensions })] };
}

const correlationIds = new WeakMap<Request, string>();

function correlationIdOf(request: Request): string {
  let correlationId = correlationIds.get(request);
  if (!correlationId) {
    const given = request.headers.get('x-correlation-id');
    correlationId = given && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
    correlationIds.set(request, correlationId);
  }
  return correlationId;
}
