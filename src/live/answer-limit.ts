/** Keeps answers within their size: a larger one is an error in its place, and is never written out. */
import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  getOperationAST,
  OperationTypeNode,
} from 'graphql';
import { jsonBytes } from './answer-size.ts';

type Extensions = Readonly<Record<string, unknown>>;

/**
 * The result, or an error in its place. What a mutation has done is done: its answer says so, and names the fields, so
 * that nobody does it again.
 */
export function limited(
  result: ExecutionResult,
  maxBytes: number,
  operation: OperationTypeNode,
): ExecutionResult {
  if (jsonBytes(result, maxBytes + 1) <= maxBytes) return result;
  const { extensions } = result;
  const errors =
    operation === OperationTypeNode.MUTATION ? [doneAll(result, maxBytes)] : [tooLarge(maxBytes)];
  return { data: null, errors, ...(extensions ? { extensions } : {}) };
}

export const operationOf = (document: DocumentNode, name: string | null | undefined): OperationTypeNode =>
  getOperationAST(document, name)?.operation ?? OperationTypeNode.QUERY;

/** In place of an answer or an item that is too large. */
export function tooLarge(maxBytes: number): GraphQLError {
  return refusal(`The answer is larger than ${maxBytes} bytes. Ask for fewer fields, or for shorter lists.`);
}

function doneAll({ data, errors = [] }: ExecutionResult, maxBytes: number): GraphQLError {
  const failed = new Set(errors.map(({ path }) => path?.[0]));
  const done = Object.keys(data ?? {}).filter((key) => !failed.has(key));
  return refusal(
    `The answer is larger than ${maxBytes} bytes and is left out. Its mutations were carried out (see extensions.done): do not send them again, and read what you need of them with fewer fields.`,
    { done, ...(failed.size > 0 ? { failed: [...failed].filter((key) => key !== undefined) } : {}) },
  );
}

const refusal = (message: string, extensions: Extensions = {}) =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', ...extensions } });
