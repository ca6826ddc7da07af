/** Executes operations the same way for every transport: one context, one error format, one set of extensions. */
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLSchema,
  parse,
  type Source,
  validate,
} from 'graphql';
import type { Viewer } from '../platform/sign-in.ts';
import { withBlame } from './blame.ts';
import type { Groups } from './groups.ts';
import { beginSubscription, type Subscription } from './subscribe.ts';

/** Where a request comes from, as its transport knows it. */
export interface RequestInfo {
  /** Given by the client, or made */
  readonly correlationId: string;
  readonly viewer: Viewer;
  /** The cursor with which a client comes back; newer than what its document says */
  readonly resumeAfter?: string | undefined;
}

/** What the platform's contexts have in common, as far as transports need to know them. */
export interface LiveContext {
  readonly cause: { readonly correlationId: string };
  readonly viewer: Viewer;
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
  readonly createContext: (request: RequestInfo, document: DocumentNode) => Promise<LiveContext>;
  /** The same context with loaders of its own */
  readonly renewContext: (context: LiveContext) => LiveContext;
  readonly formatError: (error: unknown) => GraphQLError;
  readonly encodeCursor: (position: number) => string;
}

const maxTokens = 10_000; // of a document; far more than a person writes
const maxCachedLength = 524_288; // characters of all documents that are kept; parsed, each takes some hundred times as much

/** Throws a GraphQLError for what is no document, or far longer than a person writes. */
export function parseDocument(source: string | Source): DocumentNode {
  return parse(source, { maxTokens });
}

export function createExecutor(options: ExecutorOptions): Executor {
  const { schema, groups, createContext, renewContext, formatError, encodeCursor } = options;
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
    contextOf: createContext,
    async execute(args) {
      const result = await execute(args);
      const toldOf = (error: GraphQLError) => formatError(withBlame(error, args.document));
      const errors = result.errors ? { errors: result.errors.map(toldOf) } : {};
      return { ...result, ...errors, extensions: { correlationId: correlationIdOf(args.contextValue) } };
    },
    async subscribe(args) {
      const begun = await beginSubscription(args, {
        groups,
        formatError,
        correlationIdOf,
        encodeCursor,
        scopeOf: (context) => (context as LiveContext).viewer.scope,
        contextForItem: (context) => renewContext(context as LiveContext),
      });
      const { expiresAt } = (args.contextValue as LiveContext).viewer;
      return 'join' in begun ? { ...begun, expiresAt } : begun;
    },
    formatError,
  };
}
