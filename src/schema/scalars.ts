import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { DateTimeResolver, JSONResolver } from 'graphql-scalars';

export const scalars = {
  DateTime: DateTimeResolver,
  JSON: JSONResolver,
  Cursor: stringScalar('Cursor'),
  Money: stringScalar('Money'),
};

/** A scalar whose values are strings on the wire: what such a string means is for the domain to check. */
function stringScalar(name: string): GraphQLScalarType<string, string> {
  const check = (value: unknown): string => {
    if (typeof value !== 'string') throw new GraphQLError(`${name} must be a string.`);
    return value;
  };
  return new GraphQLScalarType({
    name,
    serialize: check,
    parseValue: check,
    parseLiteral: (node) => check(node.kind === Kind.STRING ? node.value : undefined),
  });
}
