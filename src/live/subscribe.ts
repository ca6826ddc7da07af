/**
 * Runs a subscription operation: its field gives a source of items, and each item is executed into one result. Results
 * of events carry their cursor; a source that fails ends with a result that says why.
 */
import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLError,
} from 'graphql';

/** What a subscription field yields: the value of its item and, for an event, the cursor to go on from. */
export interface LiveItem<Value = unknown> {
  readonly value: Value;
  readonly cursor?: string;
}

/** The source of a subscription, as its field's `subscribe` gives it. */
export interface LiveSource<Value = unknown> extends AsyncIterableIterator<LiveItem<Value>, void, void> {
  return(): Promise<IteratorResult<LiveItem<Value>, void>>;
  /** A cursor for a client that has received nothing since; undefined for a signal, which needs none. */
  progress?(): string;
}

export interface SubscribeOptions {
  /** A context for one item, with loaders of its own; `source` is that of the operation */
  readonly contextForItem: (context: unknown) => unknown;
  readonly formatError: (error: unknown) => GraphQLError;
  /** Added to every result's extensions */
  readonly extensions: (context: unknown) => Record<string, unknown>;
  /** Told of the source once it runs, for the transport's keep-alives */
  readonly onSource?: (context: unknown, source: LiveSource) => void;
}

export type LiveResults = AsyncIterableIterator<ExecutionResult, void, void>;

/** The results of the operation, or one result with errors when it cannot be begun. */
export async function subscribeLive(
  args: ExecutionArgs,
  options: SubscribeOptions,
): Promise<LiveResults | ExecutionResult> {
  const { formatError, contextForItem } = options;
  const extensions = options.extensions(args.contextValue);
  const stream = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in stream)) {
    return { ...stream, ...errorsOf(stream, formatError), extensions };
  }
  const source = stream as LiveSource;
  options.onSource?.(args.contextValue, source);
  let over = false;

  const results: LiveResults = {
    async next() {
      if (over) return { done: true, value: undefined };
      try {
        const item = await source.next();
        if (item.done) return { done: true, value: undefined };
        const { value, cursor } = item.value;
        const contextValue = contextForItem(args.contextValue);
        const result = await execute({ ...args, rootValue: value, contextValue });
        const marked = cursor === undefined ? extensions : { ...extensions, cursor };
        return { done: false, value: { ...result, ...errorsOf(result, formatError), extensions: marked } };
      } catch (error) {
        over = true;
        await source.return().catch(() => {});
        return { done: false, value: { errors: [formatError(error)], extensions } };
      }
    },
    async return() {
      over = true;
      await source.return();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => results,
  };
  return results;
}

function errorsOf(result: ExecutionResult, formatError: SubscribeOptions['formatError']) {
  return result.errors ? { errors: result.errors.map(formatError) } : {};
}
