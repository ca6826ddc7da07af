import type { OperationDefinitionNode } from 'graphql';

/** A client's variables, by name */
export type Variables = Readonly<Record<string, unknown>>;

/**
 * The variables that the operation declares, in the order in which it does. What else
 * a client sends decides nothing, and is neither kept nor told apart by.
 */
export function declaredOnly(
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Variables | null | undefined,
): Variables {
  if (!given || variableDefinitions.length === 0) return {};
  const names = variableDefinitions.map(({ variable }) => variable.name.value);
  // fromEntries: a variable may be called __proto__
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(given, name)).map((name) => [name, given[name]]),
  );
}
