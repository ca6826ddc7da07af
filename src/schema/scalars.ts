import { GraphQLError, Kind, type ValueNode } from 'graphql';
import { DateTimeResolver, JSONResolver } from 'graphql-scalars';

export const scalars = {
  DateTime: DateTimeResolver,
  JSON: JSONResolver,
  Cursor: stringScalar('Cursor'),
  Money: stringScalar('Money'),
};

/**
 * A scalar whose values are strings on the wire: what such a string means is for the domain to check. The name and the
 * description stay those of the contract.
 */
function stringScalar(name: string) {
  const check = (value: unknown, node?: ValueNode): string => {
    if (typeof value !== 'string') {
      throw new GraphQLError(`${name} must be a string.`, node ? { nodes: node } : {}); // the place in the document
    }
    return value;
  };
  return {
    serialize: (value: unknown) => check(value),
    parseValue: (value: unknown) => check(value),
    parseLiteral: (node: ValueNode) => check(node.kind === Kind.STRING ? node.value : undefined, node),
  };
}
