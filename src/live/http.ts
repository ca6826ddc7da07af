/** GraphQL over HTTP: graphql-yoga, held to our executor, our limits and our answers. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendNodeResponse } from '@whatwg-node/server';
import {
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLSchema,
  getOperationAST,
  validate,
} from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { checkSearch } from '../http/check-search.ts';
import { readBody } from '../http/read-body.ts';
import { refuse } from '../http/refusal.ts';
import type { Logger } from '../platform/logger.ts';
import { requesterOf } from '../platform/requester.ts';
import type { SignIn } from '../platform/sign-in.ts';
import { withBlame } from './blame.ts';
import { type Executor, parseDocument } from './executor.ts';
import { type NodeContext, useAnswer } from './http-answer.ts';
import { useSingleConnection } from './single-connection/use-single-connection.ts';
import { declaredOnly } from './variables.ts';

export interface HttpOptions {
  readonly path: string;
  readonly schema: GraphQLSchema;
  readonly executor: Executor;
  readonly keepAliveMs: number;
  /** Both of one event stream in single connection mode */
  readonly maxSubscriptions: number;
  readonly maxAnswerBytes: number;
  readonly signIn: SignIn;
  readonly logger: Logger;
  /** Called with the response of each subscription, before it begins. */
  readonly onEventStream: (response: ServerResponse) => void;
}

/** Answers a request that was let in at the front door. Throws what is not the client's fault, or when it has left. */
export type HttpApi = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function createHttpApi(options: HttpOptions): HttpApi {
  const { path, schema, executor, keepAliveMs, signIn, logger, onEventStream } = options;
  const yoga = createYoga<NodeContext>({
    schema,
    graphqlEndpoint: path,
    landingPage: false,
    logging: false,
    multipart: false,
    batching: false,
    maxRequestBodySize: false, // bounded where it is read
    parserAndValidationCache: false, // the executor has one for all transports, bounded by what it takes
    maskedErrors: false, // the executor formats errors, for every transport alike
    cors: false, // the front door's
    graphiql: false, // src/playground is ours
    plugins: [
      useExecutor(executor, signIn),
      useAnswer({ executor, keepAliveMs, correlationIdOf, logger, onEventStream }),
      useSingleConnection(options),
    ],
  });

  return async (request, response) => {
    const { method = '', headers } = request;
    if (!methods.includes(method)) {
      return refuse(response, {
        status: 405,
        message: 'Operations come by POST, and queries and subscriptions by GET as well.',
        headers: { allow: methods.join(', ') },
      });
    }
    const malformed = method === 'GET' ? checkSearch(request.url ?? '') : undefined;
    if (malformed) return refuse(response, malformed);
    const body = method === 'POST' ? await readBody(request) : undefined;
    if (body && 'refusal' in body) return refuse(response, body.refusal);
    response.appendHeader('vary', 'Accept');
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    // yoga gets nothing that it could fail to read: its own answer to that is a stack
    const asked = new yoga.fetchAPI.Request(`http://localhost${request.url}`, {
      method,
      headers: (body ? { ...headers, 'content-type': body.mediaType } : headers) as Record<string, string>,
      ...(body ? { body: body.text } : {}),
      signal: gone.signal,
    });
    const answered = await yoga.handleRequest(asked, { response });
    await sendNodeResponse(answered, response, request, false);
  };
}

const methods = ['GET', 'POST', 'PUT', 'DELETE']; // the last two about event streams in single connection mode

/** Runs every operation through the executor. */
function useExecutor(executor: Executor, signIn: SignIn): Plugin<NodeContext> {
  return {
    onParams({ params }) {
      const checked = executor.check(params.query ?? '');
      const definition = 'document' in checked && getOperationAST(checked.document, params.operationName);
      const { variables } = params;
      // what is no object is refused after this
      if (!definition || typeof variables !== 'object' || variables === null) return;
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
      const { schema, documentAST } = params;
      if (executor.isRight(documentAST)) return setResult([]);
      setResult(validate(schema, documentAST).map((error) => withBlame(error, documentAST)));
    },
    async onContextBuilding({ context, extendContext }) {
      const { request, params, response, stopped } = context as unknown as HttpRequest;
      const checked = executor.check(params.query ?? '');
      const document =
        'document' in checked ? checked.document : ({ kind: 'Document', definitions: [] } as never);
      const viewer = await signIn(request.headers.get('authorization') ?? undefined);
      const resumeAfter = request.headers.get('last-event-id') || params.extensions?.after;
      const info = {
        correlationId: correlationIdOf(request),
        correlationIdIsChosen: request.headers.has('x-correlation-id'),
        viewer,
        resumeAfter: typeof resumeAfter === 'string' ? resumeAfter : undefined,
        requester: requesterOf(response.req.socket, viewer),
        givenUp: stopped ?? request.signal,
        operationName: params.operationName,
      };
      extendContext((await executor.contextOf(info, document as DocumentNode)) as never);
    },
    onExecute({ setExecuteFn }) {
      setExecuteFn((args: ExecutionArgs) => executor.execute(args));
    },
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn((args: ExecutionArgs) => executor.subscribe(args) as never);
    },
  };
}

interface HttpRequest extends NodeContext {
  readonly request: Request;
  readonly params: RequestParams;
  /** Aborted when an operation in single connection mode is stopped */
  readonly stopped?: AbortSignal;
}

interface RequestParams {
  readonly query?: string;
  readonly operationName?: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
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
