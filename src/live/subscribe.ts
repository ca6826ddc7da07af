/**
 * Begins subscription operations. What is executed per item is decided by the group; here a subscription gets its
 * source, and with it its group.
 */
import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
} from 'graphql';
import type { LogEvent } from '../events/envelope.ts';
import { type Requester, runForAll } from '../platform/requester.ts';
import { tooLarge } from './answer-limit.ts';
import { jsonBytes } from './answer-size.ts';
import { withBlame } from './blame.ts';
import { countFields } from './field-count.ts';
import { groupKey } from './group-key.ts';
import type { GroupRenderer, Groups } from './groups.ts';
import { type Message, toMessage } from './message.ts';
import type { Membership, Outlet } from './outlet.ts';
import type { LiveSource } from './sources.ts';

export interface SubscribeOptions {
  readonly groups: Groups;
  /** Stands for everything of the viewer that a resolver may look at: others never share with this one */
  readonly scopeOf: (context: unknown) => string;
  /** A context for one item, with loaders of its own */
  readonly contextForItem: (context: unknown) => unknown;
  readonly formatError: (error: unknown) => GraphQLError;
  readonly correlationIdOf: (context: unknown) => string;
  readonly encodeCursor: (position: number) => string;
  /** Of one item */
  readonly maxAnswerBytes: number;
  /** Whose turn the reads of history take */
  readonly requesterOf: (context: unknown) => Requester;
}

const fewFields = 20; // an item of so few is written first, and measured then

/** A subscription that can begin: `join` sends its results to the outlet until it is left. */
export interface Subscription {
  /** When the viewer's sign-in ends, ms since 1970 */
  readonly expiresAt?: number | undefined;
  join(outlet: Outlet): Membership;
}

/** The subscription, or one result with errors when it cannot begin. */
export async function beginSubscription(
  args: ExecutionArgs,
  options: SubscribeOptions,
): Promise<Subscription | ExecutionResult> {
  const { groups, scopeOf, formatError, correlationIdOf } = options;
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) {
    const extensions = { correlationId: correlationIdOf(args.contextValue) };
    const toldOf = (error: unknown) =>
      formatError(error instanceof GraphQLError ? withBlame(error, args.document) : error);
    return { ...source, ...errorsOf(source, toldOf), extensions };
  }
  const { document, operationName, variableValues: variables, contextValue } = args;
  const key = groupKey({ document, operationName, variables, scope: scopeOf(contextValue) });
  const requester = options.requesterOf(contextValue);
  return {
    // what a group does is done for all of its members, and outlives the one that came first
    join: (outlet) =>
      runForAll(() =>
        groups.join(key, source as unknown as LiveSource, rendererOf(args, options), outlet, requester),
      ),
  };
}

/** Executes the operation for each item of its source. */
function rendererOf(args: ExecutionArgs, options: SubscribeOptions): GroupRenderer {
  const { contextForItem, formatError, correlationIdOf, encodeCursor } = options;

  const executeFor = (rootValue: unknown, toResult: (result: ExecutionResult) => Message) => {
    const refuse = (error: unknown) => toResult({ errors: [formatError(error)] });
    try {
      const contextValue = contextForItem(args.contextValue);
      const result = execute({ ...args, rootValue, contextValue });
      return result instanceof Promise ? result.then(toResult).catch(refuse) : toResult(result);
    } catch (error) {
      return refuse(error);
    }
  };
  const marked = (result: ExecutionResult, extensions: Record<string, unknown>): ExecutionResult => ({
    ...result,
    ...errorsOf(result, formatError),
    extensions,
  });
  const correlationId = correlationIdOf(args.contextValue);
  const { maxAnswerBytes: most } = options;
  const mayBeLarge = countFields(args.document) > fewFields;
  /** An item that is too large is an error with the item's cursor: its client can go on after it. */
  const messageOf = (result: ExecutionResult, position?: number, cursor?: string): Message => {
    if (!mayBeLarge || jsonBytes(result, most + 1) <= most) {
      const message = toMessage(result, position, cursor);
      if (message.tail.length <= most + 1) return message;
    }
    const { extensions = {} } = result;
    return toMessage({ data: null, errors: [tooLarge(most)], extensions }, position, cursor);
  };

  return {
    cursor: encodeCursor,
    // the correlation id of what happened: a group serves many requests
    event: (event: LogEvent) => {
      const cursor = encodeCursor(event.position);
      const extensions = { correlationId: event.correlationId, cursor };
      return executeFor(event, (result) => messageOf(marked(result, extensions), event.position, cursor));
    },
    value: (value) => executeFor(value, (result) => messageOf(marked(result, { correlationId }))),
    error: (error) => toMessage(marked({ errors: [error as GraphQLError] }, { correlationId })),
  };
}

function errorsOf({ errors }: ExecutionResult, formatError: SubscribeOptions['formatError']) {
  return errors ? { errors: errors.map(formatError) } : {};
}
