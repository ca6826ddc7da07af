import { type ExecutionArgs, GraphQLError, getOperationAST, OperationTypeNode } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { Executor } from '../executor.ts';
import { declaredOnly } from '../variables.ts';

/** What a `subscribe` message asks for. It holds nothing of the message that it does not need. */
export interface AskedOperation {
  readonly isSubscription: boolean;
  readonly args: Omit<ExecutionArgs, 'contextValue'>;
  readonly resumeAfter: string | undefined;
}

/** The operation, or why there is none. */
export function readOperation(
  executor: Executor,
  { query, operationName, variables, extensions }: SubscribePayload,
): AskedOperation | { readonly errors: readonly GraphQLError[] } {
  const checked = executor.check(query);
  if ('errors' in checked) return checked;
  const { document } = checked;
  const definition = getOperationAST(document, operationName);
  if (!definition) return { errors: [executor.formatError(unknownOperation())] };
  const after = extensions?.after;
  return {
    isSubscription: definition.operation === OperationTypeNode.SUBSCRIPTION,
    args: {
      schema: executor.schema,
      document,
      variableValues: declaredOnly(definition, variables),
      operationName: operationName ?? undefined,
    },
    resumeAfter: typeof after === 'string' ? after : undefined,
  };
}

const unknownOperation = () =>
  new GraphQLError('Name the operation to run: the document has none of that name.');
