import {
  type GraphQLArgument,
  type GraphQLNamedType,
  type GraphQLObjectType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { expect, test } from 'vitest';
import { resolverModules } from '../../src/app/modules.ts';
import { createSchema } from '../../src/schema/load-schema.ts';

/** What has no description, by its place in the schema. */
function lacking(type: GraphQLNamedType): readonly string[] {
  const without = (place: string, { description }: { readonly description?: string | null | undefined }) =>
    description?.trim() ? [] : [place];
  const own = without(type.name, type);
  if (isEnumType(type))
    return [...own, ...type.getValues().flatMap((value) => without(`${type.name}.${value.name}`, value))];
  if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return own;
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const place = `${type.name}.${field.name}`;
    const args: readonly GraphQLArgument[] = 'args' in field ? field.args : [];
    return [...without(place, field), ...args.flatMap((arg) => without(`${place}(${arg.name})`, arg))];
  });
  return [...own, ...fields];
}

test('every type, field, argument and value of the schema says what it is', () => {
  const schema = createSchema(resolverModules);
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
  expect(types.length).toBeGreaterThan(50);
  expect(
    types.flatMap(lacking),
    'these lack a description: write one in src/schema/*.graphql, in plain English, with units and with what happens when it is refused',
  ).toEqual([]);
  const directives = schema.getDirectives().flatMap(({ name, description }) => (description ? [] : [name]));
  expect(directives).toEqual([]);
});

test('a field that an interface asks for has the description of the interface, where it has none of its own', () => {
  const { cursor, userId } = (
    createSchema(resolverModules).getType('WatchStarted') as GraphQLObjectType
  ).getFields();
  expect(cursor?.description).toContain('place of the event in the log');
  expect(userId?.description).toContain('user');
});
