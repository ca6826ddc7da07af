import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  OperationTypeNode,
} from 'graphql';

/**
 * Throws a GraphQLError when a subscription has `@skip` or `@include` beside its root field: what they leave out leaves
 * nothing to subscribe to, and graphql-js 16 fails over it. https://spec.graphql.org/draft/#sec-Single-Root-Field
 */
export function checkSubscriptionRoot({ definitions }: DocumentNode): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const sets = [];
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    const isSubscription =
      definition.kind === Kind.OPERATION_DEFINITION &&
      definition.operation === OperationTypeNode.SUBSCRIPTION;
    if (isSubscription) sets.push(definition.selectionSet);
  }
  for (const { selections } of sets) {
    for (const selection of selections) {
      const condition = selection.directives?.find(({ name }) => /^(skip|include)$/.test(name.value));
      if (condition) {
        const message = `The root field of a subscription cannot have @${condition.name.value}: subscribe to it, or do not.`;
        throw new GraphQLError(message, { nodes: condition });
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) sets.push(selection.selectionSet);
      if (selection.kind !== Kind.FRAGMENT_SPREAD) continue;
      const fragment = fragments.get(selection.name.value);
      fragments.delete(selection.name.value); // each once
      if (fragment) sets.push(fragment.selectionSet);
    }
  }
}
