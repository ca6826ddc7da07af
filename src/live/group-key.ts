/** Which subscriptions may share an execution: those whose results cannot differ. */
import {
  type ArgumentNode,
  type DocumentNode,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  print,
  visit,
} from 'graphql';
import { type Key, keyOf } from '../platform/key.ts';
import { declaredOnly, type Variables } from './variables.ts';

export interface SubscriptionOperation {
  readonly document: DocumentNode;
  readonly operationName: string | null | undefined;
  readonly variables: Variables | null | undefined;
  /** Stands for everything of the viewer that a resolver may look at */
  readonly scope: string;
}

/**
 * The same text for subscriptions with the same document, variables and viewer scope, wherever they start: the cursor
 * is left out, and so is what the operation does not declare. Different text for all others.
 */
export function groupKey({ document, operationName, variables, scope }: SubscriptionOperation): Key {
  const { text, operation, cursorVariable } = shapeOf(document, operationName ?? null);
  const { [cursorVariable ?? '']: _cursor, ...given } =
    (operation && declaredOnly(operation, variables)) ?? {};
  return keyOf(text, operationName ?? null, scope, JSON.stringify(inOrder(given)));
}

interface Shape {
  readonly text: string;
  readonly operation: OperationDefinitionNode | null | undefined;
  /** The variable that holds the cursor and nothing else; no variable is called '' */
  readonly cursorVariable: string | undefined;
}

const shapes = new WeakMap<DocumentNode, Map<string | null, Shape>>();

function shapeOf(document: DocumentNode, operationName: string | null): Shape {
  const known = shapes.getOrInsertComputed(document, () => new Map<string | null, Shape>());
  return known.getOrInsertComputed(operationName, () =>
    findShape(document, getOperationAST(document, operationName)),
  );
}

function findShape(document: DocumentNode, operation: OperationDefinitionNode | null | undefined): Shape {
  const cursor = operation && cursorArgument(operation);
  if (!cursor) return { text: print(document), operation, cursorVariable: undefined };
  const variable = cursor.value.kind === Kind.VARIABLE ? cursor.value.name.value : undefined;
  // a variable that decides something else too is no mere cursor
  if (variable !== undefined && usesOf(document, variable) > 1) {
    return { text: print(document), operation, cursorVariable: undefined };
  }
  const without = visit(document, {
    [Kind.ARGUMENT]: (node) => (node === cursor ? null : undefined),
    [Kind.VARIABLE_DEFINITION]: (node) => (node.variable.name.value === variable ? null : undefined),
  });
  return { text: print(without), operation, cursorVariable: variable };
}

/** `after` of the subscription's own field. */
function cursorArgument({ selectionSet }: OperationDefinitionNode): ArgumentNode | undefined {
  const [field] = selectionSet.selections;
  return field?.kind === Kind.FIELD
    ? field.arguments?.find((argument) => argument.name.value === 'after')
    : undefined;
}

function usesOf(document: DocumentNode, variable: string): number {
  let uses = 0;
  visit(document, {
    [Kind.VARIABLE_DEFINITION]: () => false,
    [Kind.VARIABLE](node) {
      if (node.name.value === variable) uses += 1;
    },
  });
  return uses;
}

/** The value with the keys of its objects in order, so that the same variables give the same text. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, inOrder(item)]));
}
