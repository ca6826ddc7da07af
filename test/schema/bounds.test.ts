/** What holds for every field of the API, those that somebody will add too. */
import {
  type GraphQLArgument,
  type GraphQLField,
  getNamedType,
  graphql,
  isListType,
  isNonNullType,
  isScalarType,
  parse,
  subscribe,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { resolverModules } from '../../src/app/modules.ts';
import { boundFields, maxListEntries, maxTextLength } from '../../src/resolvers/bounds.ts';
import { createSchema } from '../../src/schema/load-schema.ts';

const schema = boundFields(createSchema(resolverModules));

interface Sent {
  readonly operation: 'query' | 'mutation' | 'subscription';
  readonly field: string;
  readonly argument: string;
  readonly source: string;
  readonly values: Readonly<Record<string, unknown>>;
}

const roots = [
  ['query', schema.getQueryType()],
  ['mutation', schema.getMutationType()],
  ['subscription', schema.getSubscriptionType()],
] as const;

/** Every argument of every field that takes text or a list, with too much of it. */
const tooMuch: Sent[] = roots.flatMap(([operation, type]) =>
  Object.values(type!.getFields()).flatMap((field) =>
    field.args.flatMap((argument) => {
      const value = tooMuchOf(argument);
      return value === undefined ? [] : [sent(operation, field, argument, value)];
    }),
  ),
);

test('there is such an argument in each kind of operation', () => {
  expect(new Set(tooMuch.map(({ operation }) => operation)).size).toBe(3);
  expect(tooMuch.length).toBeGreaterThan(50);
});

describe('too much in an argument is refused by its name, before anything is read:', () => {
  test.each(tooMuch.map((one) => [`${one.operation} ${one.field}(${one.argument})`, one] as const))(
    '%s',
    async (_what, { operation, argument, source, values }) => {
      const contextValue = {}; // whoever asks a service for anything fails
      const { errors } =
        operation === 'subscription'
          ? ((await subscribe({
              schema,
              document: parse(source),
              variableValues: values,
              contextValue,
            })) as Awaited<ReturnType<typeof graphql>>)
          : await graphql({ schema, source, variableValues: values, contextValue });
      expect(errors?.map(({ message }) => message)).toEqual([
        expect.stringMatching(new RegExp(`^${argument} must not (be longer than|have more than)`)),
      ]);
      expect(errors![0]!.originalError).toMatchObject({ code: 'BAD_USER_INPUT' });
    },
  );
});

describe('the same question', () => {
  test('is read once in a request, under however many aliases; another one by itself', async () => {
    const asked: unknown[] = [];
    const answer = { outboxLag: 1, edges: [], pageInfo: {} };
    const answerTo = async (question: unknown) => {
      asked.push(question);
      return answer;
    };
    const services = { operations: { pipeline: () => answerTo('pipeline'), deadLetters: answerTo } };
    const aliases = Array.from({ length: 900 }, (_, n) => `p${n}: pipeline { outboxLag }`);
    const letters = ['a', 'b', 'a'].map(
      (name, n) => `d${n}: deadLetters(consumer: "${name}") { edges { cursor } }`,
    );
    const source = `{ ${[...aliases, ...letters].join(' ')} }`;
    const ask = () => graphql({ schema, source, contextValue: { services } });
    const { data, errors } = await ask();
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ p0: { outboxLag: 1 }, p899: { outboxLag: 1 } });
    expect(asked).toEqual([
      'pipeline',
      expect.objectContaining({ consumer: 'a' }),
      expect.objectContaining({ consumer: 'b' }),
    ]);
    await ask();
    expect(asked, 'another request reads anew').toHaveLength(6);
  });
});

test('mutations that have not begun when their client gives up are not begun', async () => {
  const client = new AbortController();
  const done: string[] = [];
  const services = {
    operations: {
      async discard({ consumer }: { consumer: string }) {
        client.abort();
        done.push(consumer);
        return 1;
      },
    },
  };
  const source = 'mutation { a: discard(consumer: "a") b: discard(consumer: "b") }';
  const { errors } = await graphql({
    schema,
    source,
    contextValue: { services, givenUp: client.signal, now: () => new Date() },
  });
  expect(done).toEqual(['a']);
  expect(errors?.map(({ path, message }) => [path, message])).toEqual([
    [['b'], expect.stringContaining('was not done')],
  ]);
});

function tooMuchOf({ type }: GraphQLArgument): unknown {
  const named = getNamedType(type);
  const bare = isNonNullType(type) ? type.ofType : type;
  if (isListType(bare)) return Array(maxListEntries + 1).fill('a.b');
  const isText = isScalarType(named) && ['String', 'ID', 'Cursor', 'Money'].includes(named.name);
  return isText ? 'x'.repeat(maxTextLength + 1) : undefined;
}

function sent(
  operation: Sent['operation'],
  field: GraphQLField<unknown, unknown>,
  argument: GraphQLArgument,
  value: unknown,
): Sent {
  const needed = field.args.filter((other) => isNonNullType(other.type) && other.defaultValue === undefined);
  const given = [...new Set([argument, ...needed])];
  const declared = given.map(({ name, type }) => `$${name}: ${type}`).join(', ');
  const passed = given.map(({ name }) => `${name}: $${name}`).join(', ');
  const others = needed.map((other) => [
    other.name,
    String(getNamedType(other.type)) === 'Quality' ? 'HD' : '1',
  ]);
  const selection = isScalarType(getNamedType(field.type)) ? '' : '{ __typename }';
  return {
    operation,
    field: field.name,
    argument: argument.name,
    source: `${operation} (${declared}) { ${field.name}(${passed}) ${selection} }`,
    values: { ...Object.fromEntries(others), [argument.name]: value },
  };
}
