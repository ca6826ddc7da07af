/** Documents for the schema that is served: right ones with wrong values, and wrong ones of every kind. */
import fc from 'fast-check';
import {
  buildASTSchema,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
} from 'graphql';
import { readContract } from '../../src/schema/load-schema.ts';
import type { Text } from '../attack.ts';
import { cursors } from './cursors.ts';
import { jsons, words } from './text.ts';

const schema = buildASTSchema(parse(readContract().join('\n')));

export interface Operation {
  readonly query: Text;
  readonly variables: unknown;
}

const plain = (query: string, variables: unknown = {}): Operation => ({ query: [query], variables });

const rootFields = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap(
  (type) =>
    type ? Object.values(type.getFields()).map((field) => ({ root: type.name.toLowerCase(), field })) : [],
);

const literal = (value: unknown) => JSON.stringify(value)?.replace(/[\u2028\u2029]/g, '') ?? 'null';

/** A literal for the type: mostly of the right kind, never of a harmless value. */
function literalOf(type: GraphQLInputType): fc.Arbitrary<string> {
  if (isNonNullType(type)) return literalOf(type.ofType);
  if (isListType(type)) {
    const items = fc.array(literalOf(type.ofType), { maxLength: 4 });
    const many = fc
      .tuple(literalOf(type.ofType), fc.constantFrom(200, 20_000))
      .map(([item, times]) => Array(times).fill(item));
    return fc
      .oneof({ weight: 8, arbitrary: items }, { weight: 1, arbitrary: many })
      .map((list) => `[${list.join(',')}]`);
  }
  const wrong = fc.oneof(
    jsons.filter((json) => typeof json !== 'object').map(literal),
    fc.constantFrom('{}', '[]', 'NONE', '$v'),
  );
  return fc.oneof({ weight: 6, arbitrary: rightOf(type) }, { weight: 1, arbitrary: wrong });
}

function rightOf(type: GraphQLInputType): fc.Arbitrary<string> {
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name));
  if (isInputObjectType(type)) return fc.constant('{}');
  const { name } = getNamedType(type);
  if (name === 'Int')
    return fc.oneof(fc.integer(), fc.constantFrom(0, 1, 100, 101, 2 ** 31 - 1, -1)).map(String);
  if (name === 'Boolean') return fc.constantFrom('true', 'false');
  if (name === 'Cursor') return cursors.map(literal);
  if (name === 'Money')
    return fc
      .oneof(fc.bigInt().map(String), fc.constantFrom('1', '-1', '1e3', '9'.repeat(30), ''))
      .map(literal);
  if (name === 'DateTime')
    return fc
      .constantFrom(
        '2026-11-01T00:00:00Z',
        '0000-00-00',
        '9999-12-31T23:59:59Z',
        'now',
        '2026-02-30T00:00:00Z',
        '-271821-04-20T00:00:00Z',
      )
      .map(literal);
  return fc.oneof(words, fc.uuid(), cursors).map(literal);
}

function argumentsOf(given: readonly GraphQLArgument[]): fc.Arbitrary<string> {
  const each = given.map(({ name, type }) =>
    fc
      .option(literalOf(type), { nil: undefined, freq: isNonNullType(type) ? 20 : 2 })
      .map((value) => (value === undefined ? '' : `${name}: ${value}`)),
  );
  return fc.tuple(...each).map((parts) => {
    const written = parts.filter(Boolean).join(', ');
    return written && `(${written})`;
  });
}

/** Everything that can be selected, a few levels deep. */
function selectionOf(type: GraphQLOutputType, depth: number): string {
  const named = getNamedType(type);
  if (!isCompositeType(named)) return '';
  if (!isObjectType(named) && !isInterfaceType(named)) return '{ __typename }';
  const fields = Object.values(named.getFields()) as GraphQLField<unknown, unknown>[];
  const chosen = fields
    .filter((field) => !field.args.some(({ type: argument }) => isNonNullType(argument)))
    .filter((field) => depth > 0 || !isCompositeType(getNamedType(field.type)))
    .map((field) => `${field.name} ${selectionOf(field.type, depth - 1)}`);
  return `{ __typename ${chosen.join(' ')} }`;
}

/** One root field, with whatever arguments. */
const onSchema: fc.Arbitrary<Operation> = fc.constantFrom(...rootFields).chain(({ root, field }) =>
  fc.tuple(argumentsOf(field.args), fc.nat({ max: 3 }), jsons).map(([args, depth, variable]) => ({
    query: [
      `${root} ${args.includes('$v') ? '($v: String)' : ''} { ${field.name}${args} ${selectionOf(field.type, depth)} }`,
    ],
    variables: { v: variable },
  })),
);

const times = fc.constantFrom(2, 50, 1_000, 3_000, 9_000);

/** Documents whose shape is the attack. */
const shapes: fc.Arbitrary<Operation> = fc.oneof(
  fc
    .tuple(
      times,
      fc.constantFrom(
        'head',
        'pipeline { outboxLag }',
        'viewership { concurrentViewers }',
        'events(last: 100) { edges { node { payload } } }',
      ),
    )
    .map(([count, field]) =>
      plain(`{ ${Array.from({ length: count }, (_, n) => `a${n}: ${field}`).join(' ')} }`),
    ),
  times.map((count) =>
    plain(
      `subscription { events { ${Array.from({ length: count }, (_, n) => `p${n}: payload`).join(' ')} } }`,
    ),
  ),
  times.map((count) => ({
    query: ['{ events ', { repeat: '{ edges { node ', times: count }, { repeat: '}', times: 2 * count }, '}'],
    variables: {},
  })),
  times.map((count) => ({ query: [{ repeat: '{', times: count * 10 }], variables: {} })),
  times.map((count) => ({
    query: ['{ head ', { repeat: '@include(if: true) ', times: count }, '}'],
    variables: {},
  })),
  fc
    .constantFrom(
      '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
      'query ($v: String = $v) { head }',
      'query A { head } query B { head }',
      'mutation { a: heartbeat(sessionId: "x") { id } b: heartbeat(sessionId: "x") { id } }',
      'subscription { events { id } notifications(userId: "a") { id } }',
      'subscription { ...F } fragment F on Subscription { events { id } }',
      'subscription { events @skip(if: true) { id } }',
      '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }',
      'type Query { head: String }',
      '\ufeff{ head }',
      '# nothing',
      '',
    )
    .map((query) => plain(query)),
  fc.tuple(fc.constantFrom(1, 100, 20_000), words).map(([count, word]) => ({
    query: ['query ($types: [String!]) { events(types: $types, last: 1) { edges { cursor } } }'],
    variables: { types: Array(count).fill(word) },
  })),
  fc
    .tuple(words, jsons)
    .map(([name, value]) => plain('{ head }', { [name]: value, undeclared: 'x'.repeat(100_000) })),
);

export const operations: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: onSchema },
  { weight: 3, arbitrary: shapes },
  { weight: 1, arbitrary: fc.tuple(words, jsons).map(([query, variables]) => plain(query, variables)) },
);
