/** Executes operations the same way for every transport: one context, one error format, one set of extensions. */
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  OperationTypeNode,
  parse,
  Source,
  validate,
} from 'graphql';
import { DomainError } from '../platform/errors.ts';
import { type Requester, runFor } from '../platform/requester.ts';
import type { Viewer } from '../platform/sign-in.ts';
import { limited, operationOf } from './answer-limit.ts';
import { withBlame } from './blame.ts';
import { checkFieldCount } from './field-count.ts';
import type { Groups } from './groups.ts';
import { checkNesting } from './nesting.ts';
import { withinTime } from './request-time.ts';
import { beginSubscription, type Subscription } from './subscribe.ts';
import { checkSubscriptionRoot } from './subscription-root.ts';

/** Where a request comes from, as its transport knows it. */
export interface RequestInfo {
  /** Chosen by the client, or made */
  readonly correlationId: string;
  /** A wish: nobody may put their events among those of somebody else */
  readonly correlationIdIsChosen?: boolean;
  readonly viewer: Viewer;
  /** The cursor with which a client comes back; newer than what its document says */
  readonly resumeAfter?: string | undefined;
  /** Whose turn its statements take */
  readonly requester: Requester;
  /** Aborted when its client does not wait for the answer any more */
  readonly givenUp?: AbortSignal | undefined;
  readonly operationName?: string | null | undefined;
}

/** What the platform's contexts have in common, as far as transports need to know them. */
export interface LiveContext {
  readonly cause: { readonly correlationId: string };
  readonly viewer: Viewer;
  readonly requester: Requester;
  readonly givenUp?: AbortSignal | undefined;
}

export interface Executor {
  readonly schema: GraphQLSchema;
  /** Whether the document is right for the schema: its errors, none when it is. */
  check(query: string): { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] };
  /** Whether `check` has found this very document right. */
  isRight(document: DocumentNode): boolean;
  contextOf(request: RequestInfo, document: DocumentNode): Promise<LiveContext>;
  execute(args: ExecutionArgs): Promise<ExecutionResult>;
  subscribe(args: ExecutionArgs): Promise<Subscription | ExecutionResult>;
  formatError(error: unknown): GraphQLError;
}

export interface ExecutorOptions {
  readonly schema: GraphQLSchema;
  readonly groups: Groups;
  readonly createContext: (
    request: RequestInfo,
    document: DocumentNode,
    operation: OperationTypeNode,
  ) => Promise<LiveContext>;
  /** The same context with loaders of its own */
  readonly renewContext: (context: LiveContext) => LiveContext;
  readonly formatError: (error: unknown) => GraphQLError;
  readonly encodeCursor: (position: number) => string;
  /** How long a query may take, and a subscription to begin, ms */
  readonly timeoutMs: number;
  /** Of one answer, or of one item of a subscription */
  readonly maxAnswerBytes: number;
}

const maxTokens = 10_000; // of a document; far more than a person writes
const maxCachedLength = 524_288; // characters of all documents that are kept; parsed, each takes some hundred times as much

/** Throws a GraphQLError for what is no document, far longer or deeper than a person writes, or nothing to subscribe to. */
export function parseDocument(given: string | Source): DocumentNode {
  const source = typeof given === 'string' ? new Source(given) : given;
  checkNesting(source, maxTokens);
  const document = parse(source, { maxTokens });
  checkFieldCount(document);
  checkSubscriptionRoot(document);
  return document;
}

export function createExecutor(options: ExecutorOptions): Executor {
  const { schema, groups, createContext, renewContext, formatError, encodeCursor } = options;
  const { timeoutMs, maxAnswerBytes } = options;
  const checked = new Map<string, ReturnType<Executor['check']>>();
  const right = new WeakSet<DocumentNode>();
  let cachedLength = 0;
  const correlationIdOf = (context: unknown) => (context as LiveContext).cause.correlationId;

  const check = (query: string): ReturnType<Executor['check']> => {
    try {
      const document = parseDocument(query);
      const errors = validate(schema, document);
      if (errors.length > 0)
        return { errors: errors.map((error) => formatError(withBlame(error, document))) };
      right.add(document);
      return { document };
    } catch (error) {
      return { errors: [formatError(error)] };
    }
  };

  return {
    schema,
    check(query) {
      const known = checked.get(query);
      if (known) return known;
      const result = check(query);
      checked.set(query, result);
      cachedLength += query.length;
      for (const [oldest] of checked) {
        if (cachedLength <= maxCachedLength) break;
        checked.delete(oldest);
        cachedLength -= oldest.length;
      }
      return result;
    },
    isRight: (document) => right.has(document),
    async contextOf(request, document) {
      const operation = operationOf(document, request.operationName);
      return withinTime(request, timeoutMs, async () => createContext(request, document, operation));
    },
    async execute(args) {
      const context = args.contextValue as LiveContext;
      const operation = operationOf(args.document, args.operationName);
      const run = async (signal?: AbortSignal): Promise<ExecutionResult> => {
        const result = await execute(args);
        const format = (error: GraphQLError) =>
          formatError(signal?.aborted ? because(signal, error) : withBlame(error, args.document));
        const errors = result.errors ? { errors: result.errors.map(format) } : {};
        return { ...result, ...errors, extensions: { correlationId: correlationIdOf(context) } };
      };
      const { requester } = context;
      const result =
        operation === OperationTypeNode.MUTATION
          ? // what has begun comes to its end, also when nobody waits for it
            await runFor({ requester, signal: undefined }, run)
          : await withinTime(context, timeoutMs, run);
      return limited(result, maxAnswerBytes, operation);
    },
    async subscribe(args) {
      const begin = () =>
        beginSubscription(args, {
          groups,
          formatError,
          correlationIdOf,
          encodeCursor,
          maxAnswerBytes,
          requesterOf: (context) => (context as LiveContext).requester,
          scopeOf: (context) => (context as LiveContext).viewer.scope,
          contextForItem: (context) => renewContext(context as LiveContext),
        });
      const begun = await withinTime(args.contextValue as LiveContext, timeoutMs, begin);
      const { expiresAt } = (args.contextValue as LiveContext).viewer;
      return 'join' in begun ? { ...begun, expiresAt } : begun;
    },
    formatError,
  };
}

/** A read that was ended fails with whatever its driver makes of it: what is told is why it was ended. */
function because({ reason }: AbortSignal, error: GraphQLError): GraphQLError {
  if (error.originalError instanceof DomainError || !error.originalError) return error;
  const { nodes = null, path = null } = error;
  return new GraphQLError(reason.message, { nodes, path, originalError: reason });
}
