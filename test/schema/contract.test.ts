import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { expect, test } from 'vitest';
import { resolverModules } from '../../src/app/modules.ts';
import { createSchema } from '../../src/schema/load-schema.ts';

const contract = buildSchema(readFileSync(new URL('contract.graphql', import.meta.url), 'utf8'));
const schema = createSchema(resolverModules);

test('serves every type, field, argument, default, interface, enum value and description of the contract', () => {
  const promised = describeSchema(contract);
  const served = new Set(describeSchema(schema));
  expect(promised.filter((line) => !served.has(line))).toEqual([]);
  expect(promised.length).toBeGreaterThan(200);
});

test('asks for no argument that the contract does not know', () => {
  for (const type of Object.values(contract.getTypeMap())) {
    for (const field of fieldsOf(type)) {
      const served = fieldsOf(schema.getType(type.name)).find(({ name }) => name === field.name);
      const known = new Set(field.args.map(({ name }) => name));
      const added = served?.args.filter(({ name }) => !known.has(name)) ?? [];
      const needed = added.filter((arg) => String(arg.type).endsWith('!') && arg.defaultValue === undefined);
      expect(
        needed.map(({ name }) => name),
        `${type.name}.${field.name}`,
      ).toEqual([]);
    }
  }
});

/** A schema as lines of text, each of them `<type>` or `<type>.<field>`, a space, and something that holds of it. */
function describeSchema(described: GraphQLSchema): string[] {
  return Object.values(described.getTypeMap())
    .filter((type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type))
    .flatMap(describeType);
}

function describeType(type: GraphQLNamedType): string[] {
  const interfaces = isObjectType(type) ? type.getInterfaces().map(({ name }) => name) : [];
  const values = isEnumType(type) ? type.getValues().map(({ name }) => name) : [];
  return [
    `${type.name} is a ${type.constructor.name}`,
    ...describeText(type.name, type.description),
    ...interfaces.map((name) => `${type.name} implements ${name}`),
    ...values.map((name) => `${type.name} has the value ${name}`),
    ...fieldsOf(type).flatMap((field) => describeField(`${type.name}.${field.name}`, field)),
  ];
}

function describeField(subject: string, field: GraphQLField<unknown, unknown>): string[] {
  return [
    `${subject} gives ${field.type}`,
    ...describeText(subject, field.description),
    ...field.args.map(
      ({ name, type, defaultValue }) => `${subject} takes ${name}: ${type} = ${JSON.stringify(defaultValue)}`,
    ),
  ];
}

function describeText(subject: string, description: string | null | undefined): string[] {
  return description ? [`${subject} means ${description}`] : [];
}

function fieldsOf(type: GraphQLNamedType | undefined): GraphQLField<unknown, unknown>[] {
  return isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
}
