import { GraphQLError, getVariableValues, isListType, isNonNullType, Kind, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { resolverModules } from '../../src/app/modules.ts';
import { withBlame } from '../../src/live/blame.ts';
import { createSchema } from '../../src/schema/load-schema.ts';

const schema = createSchema(resolverModules);

/** Every argument of every root field, by itself, with what its field needs besides. */
const cases = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap(
  (root) =>
    Object.values(root!.getFields()).flatMap((field) =>
      field.args.map((argument) => ({ operation: root!.name.toLowerCase(), field, argument })),
    ),
);

const bare = (type: unknown) => (isNonNullType(type) ? type.ofType : type);
const scalarName = (type: unknown): string => {
  const inner = bare(type);
  return isListType(inner) ? scalarName(inner.ofType) : String(inner);
};

test.each(cases)(
  'what does not fit $argument.name of $operation $field.name names it',
  ({ operation, field, argument }) => {
    const others = field.args
      .filter((other) => other !== argument && isNonNullType(other.type) && other.defaultValue === undefined)
      .map((other) => `${other.name}: "x"`);
    const isList = isListType(bare(argument.type));
    const at = isList ? `${argument.name}[1]` : argument.name;
    const blamed = (document: ReturnType<typeof parse>, errors: readonly GraphQLError[]) =>
      errors.map((error) => withBlame(error, document).extensions.argument);

    const wrong = isList ? '["x", {y: 1}]' : '{y: 1}';
    const literal = parse(`${operation} { ${field.name}(${[...others, `${argument.name}: ${wrong}`]}) }`);
    expect(blamed(literal, validate(schema, literal))).toContain(at);

    const unknown = parse(`${operation} { ${field.name}(${[...others, 'nobody: 1']}) }`);
    expect(blamed(unknown, validate(schema, unknown))).toContain('nobody');

    const withVariable = parse(
      `${operation} ($given: ${argument.type}) { ${field.name}(${[...others, `${argument.name}: $given`]}) }`,
    );
    const [definition] = withVariable.definitions;
    if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation');
    const given = isList ? ['x', { y: 1 }] : { y: 1 };
    const { errors } = getVariableValues(schema, definition.variableDefinitions ?? [], { given });
    expect(blamed(withVariable, errors ?? []), scalarName(argument.type)).toContain(at);
  },
);

test('an error that no argument is to blame for names none', () => {
  const document = parse('{ none head { x } }');
  for (const error of validate(schema, document)) {
    expect(withBlame(error, document).extensions.argument).toBeUndefined();
  }
  const own = new GraphQLError('argument "x"', { originalError: new Error('of a resolver') });
  expect(withBlame(own, document)).toBe(own);
});
