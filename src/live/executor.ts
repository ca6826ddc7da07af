/** Executes operations the same way for every transport: one context, one error format, one set of extensions. */
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql';
import { type LiveResults, type LiveSource, subscribeLive } from './subscribe.ts';

/** Where a request comes from, as its transport knows it. */
export interface RequestInfo {
  /** Given by the client, or made */
  readonly correlationId: string;
  /** The cursor with which an event stream over HTTP reconnects */
  readonly lastEventId?: string | undefined;
}

/** What the platform's contexts have in common, as far as transports need to know them. */
export interface LiveContext {
  readonly cause: { readonly correlationId: string };
}

export interface Executor {
  /** Whether the document is right for the schema: its errors, none when it is. */
  check(query: string): { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] };
  contextOf(request: RequestInfo, document: DocumentNode): Promise<LiveContext>;
  execute(args: ExecutionArgs): Promise<ExecutionResult>;
  subscribe(args: ExecutionArgs): Promise<LiveResults | ExecutionResult>;
  /** The source of a running subscription, by the context it was begun with. */
  sourceOf(context: unknown): LiveSource | undefined;
  formatError(error: unknown): GraphQLError;
}

export interface ExecutorOptions {
  readonly schema: GraphQLSchema;
  readonly createContext: (request: RequestInfo, document: DocumentNode) => Promise<LiveContext>;
  /** The same context with loaders of its own */
  readonly renewContext: (context: LiveContext) => LiveContext;
  readonly formatError: (error: unknown) => GraphQLError;
}

const maxCachedDocuments = 1_000;

export function createExecutor({
  schema,
  createContext,
  renewContext,
  formatError,
}: ExecutorOptions): Executor {
  const checked = new Map<string, ReturnType<Executor['check']>>();
  const sources = new WeakMap<object, LiveSource>();
  const extensions = (context: unknown) => ({ correlationId: (context as LiveContext).cause.correlationId });

  const check = (query: string): ReturnType<Executor['check']> => {
    try {
      const document = parse(query);
      const errors = validate(schema, document);
      return errors.length > 0 ? { errors: errors.map(formatError) } : { document };
    } catch (error) {
      return { errors: [formatError(error)] };
    }
  };

  return {
    check(query) {
      const known = checked.get(query);
      if (known) return known;
      const result = check(query);
      if (checked.size >= maxCachedDocuments) checked.delete(checked.keys().next().value!);
      checked.set(query, result);
      return result;
    },
    contextOf: createContext,
    async execute(args) {
      const result = await execute(args);
      const errors = result.errors ? { errors: result.errors.map(formatError) } : {};
      return { ...result, ...errors, extensions: extensions(args.contextValue) };
    },
    subscribe: (args) =>
      subscribeLive(args, {
        formatError,
        extensions,
        contextForItem: (context) => renewContext(context as LiveContext),
        onSource: (context, source) => sources.set(context as object, source),
      }),
    sourceOf: (context) => sources.get(context as object),
    formatError,
  };
}
