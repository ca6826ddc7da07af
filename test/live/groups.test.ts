import fc from 'fast-check';
import { parse, print } from 'graphql';
import { expect, test } from 'vitest';
import { groupKey, type SubscriptionOperation } from '../../src/live/group-key.ts';
import { idsOf, readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { createWorld } from '../support/world.ts';
import { beat, createOutlet, fieldOf, openLive } from './support.ts';

const query =
  'subscription ($label: String, $after: String) { items(label: $label, after: $after) { id viewer label execution } }';

test('an event is executed once for all who share a group, wherever they began', async () => {
  await using world = await createWorld();
  await using live = await openLive(world);
  await world.spawn('relay').waitForLog('lease.taken');
  await beat(world.database, 3);
  const start = live.encode(0);
  await until(() => live.tail.position >= 3);

  const outlets = Array.from({ length: 20 }, createOutlet);
  const memberships = await Promise.all(
    outlets.map((outlet, index) =>
      live.subscribe({ query, variables: index % 2 ? {} : { after: start } }, outlet),
    ),
  );
  expect(live.groups.count()).toMatchObject({ groups: 1, subscribers: 20 });
  await until(() => outlets[0]!.results.length === 3);
  await beat(world.database, 2);
  await until(() => outlets.every(({ results }, index) => results.length === (index % 2 ? 2 : 5)));

  const all = idsOf(await readLog(world.database));
  for (const [index, { results }] of outlets.entries()) {
    expect(fieldOf(results, 'id')).toEqual(index % 2 ? all.slice(3) : all);
  }
  expect(live.executions, 'each of the five events once').toBe(5);

  for (const membership of memberships) membership.leave();
  expect(live.groups.count()).toEqual({ groups: 0, subscribers: 0, behind: 0 });
});

test('viewers of different scopes never share an execution, however alike their subscriptions are', async () => {
  await using world = await createWorld();
  await using live = await openLive(world);
  await world.spawn('relay').waitForLog('lease.taken');
  // each tries to look like another one, should scope, document and variables run into each other
  const label = 'x';
  const scopes = [
    '',
    'a',
    'A',
    ' a',
    'a ',
    '"a"',
    'a","b',
    '","',
    'null',
    '{}',
    '[]',
    '\\',
    '\\"',
    'a\u0000',
    'ａ',
  ];
  const stolen = groupKey({ document: parse(query), operationName: null, variables: { label }, scope: 'a' });
  const viewers = [...scopes, stolen].flatMap((scope) =>
    [scope, scope].map((own) => ({ scope: own, outlet: createOutlet() })),
  );
  await Promise.all(
    viewers.map(({ scope, outlet }) => live.subscribe({ query, variables: { label }, scope }, outlet)),
  );
  expect(live.groups.count().groups).toBe(scopes.length + 1);
  await beat(world.database, 5);
  await until(() => viewers.every(({ outlet }) => outlet.results.length === 5));
  for (const { scope, outlet } of viewers) {
    expect(fieldOf(outlet.results, 'viewer')).toEqual(Array(5).fill(scope));
  }
});

test('a group is of one document, one set of variables and one scope; only the cursor may differ', () => {
  fc.assert(
    fc.property(operation, operation, (one, other) => {
      const same =
        one.scope === other.scope &&
        (one.operationName ?? null) === (other.operationName ?? null) &&
        print(one.document) === print(other.document) &&
        sorted(declared(one)) === sorted(declared(other));
      expect(groupKey(one) === groupKey(other)).toBe(same);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  [
    'a variable',
    'subscription ($c: String) { items(after: $c) { id } }',
    'subscription ($c: String) { items(after: $c) { id } }',
    { c: 'one' },
    { c: 'two' },
    true,
  ],
  [
    'a literal',
    'subscription { items(after: "one") { id } }',
    'subscription { items(after: "two") { id } }',
    {},
    {},
    true,
  ],
  [
    'none',
    'subscription ($c: String) { items(after: $c) { id } }',
    'subscription { items { id } }',
    { c: 'one' },
    {},
    true,
  ],
  ['white space', 'subscription { items { id } }', 'subscription{items{id,}}', {}, {}, true],
  [
    'a cursor that is an argument of another field too',
    'subscription ($c: String) { items(after: $c, label: $c) { id } }',
    'subscription ($c: String) { items(after: $c, label: $c) { id } }',
    { c: 'one' },
    { c: 'two' },
    false,
  ],
  [
    'another argument',
    'subscription { items(user: "one") { id } }',
    'subscription { items(user: "two") { id } }',
    {},
    {},
    false,
  ],
  ['another selection', 'subscription { items { id } }', 'subscription { items { viewer } }', {}, {}, false],
  [
    'a nested variable in another order',
    'subscription ($v: V) { items(v: $v) { id } }',
    'subscription ($v: V) { items(v: $v) { id } }',
    { v: { a: 1, b: [{ c: 1, d: 2 }] } },
    { v: { b: [{ d: 2, c: 1 }], a: 1 } },
    true,
  ],
  [
    'a list in another order',
    'subscription ($v: V) { items(v: $v) { id } }',
    'subscription ($v: V) { items(v: $v) { id } }',
    { v: [1, 2] },
    { v: [2, 1] },
    false,
  ],
  [
    'variables that they do not declare',
    'subscription ($v: V) { items(v: $v) { id } }',
    'subscription ($v: V) { items(v: $v) { id } }',
    { v: 1, other: 1, __proto: {} },
    { v: 1, other: 2 },
    true,
  ],
  [
    'variables where none is declared',
    'subscription { items { id } }',
    'subscription { items { id } }',
    { a: 1 },
    {},
    true,
  ],
  [
    'null instead of nothing',
    'subscription ($v: V) { items(v: $v) { id } }',
    'subscription ($v: V) { items(v: $v) { id } }',
    { v: null },
    {},
    false,
  ],
] as const)('subscriptions that differ by %s', (_what, one, other, oneHas, otherHas, share) => {
  const keyOf = (document: string, variables: Record<string, unknown>) =>
    groupKey({ document: parse(document), operationName: undefined, variables, scope: '' });
  expect(keyOf(one, oneHas) === keyOf(other, otherHas)).toBe(share);
});

test('a client that reads slowly leaves the backlog, misses nothing, and follows again', async () => {
  await using world = await createWorld();
  await using live = await openLive(world);
  await world.spawn('relay').waitForLog('lease.taken');
  const [slow, quick] = [createOutlet(), createOutlet()];
  const [slowly] = [await live.subscribe({ query }, slow), await live.subscribe({ query }, quick)];
  await beat(world.database, 1);
  await until(() => slow.results.length === 1);
  const received = live.tail.position;

  slow.blocked = true;
  for (let batch = 0; batch < 3; batch += 1) await beat(world.database, 1_000);
  await until(() => quick.results.length === 3_001);
  expect(slow.results).toHaveLength(1);
  expect(slowly.progress(), 'what was not sent is not passed').toEqual({
    cursor: live.encode(received),
    live: false,
  });

  slow.blocked = false;
  slowly.resume();
  await until(() => slow.results.length === 3_001);
  await until(() => slowly.progress()?.live);
  await beat(world.database, 1);
  await until(() => slow.results.length === 3_002 && quick.results.length === 3_002);
  const ids = idsOf(await readLog(world.database));
  expect(fieldOf(slow.results, 'id')).toEqual(ids);
  expect(fieldOf(quick.results, 'id')).toEqual(ids);
});

test('messages that are ready together leave in few writes, and one that is alone leaves by itself', async () => {
  await using world = await createWorld();
  await using live = await openLive(world);
  await world.spawn('relay').waitForLog('lease.taken');
  const outlet = createOutlet();
  await live.subscribe({ query }, outlet);
  await beat(world.database, 1);
  await until(() => outlet.results.length === 1);
  expect(outlet.writes).toEqual([1]);
  await beat(world.database, 500);
  await until(() => outlet.results.length === 501);
  expect(outlet.writes.length).toBeLessThan(20);
});

test('results that take longer do not overtake each other', async () => {
  await using world = await createWorld();
  await using live = await openLive(world);
  await world.spawn('relay').waitForLog('lease.taken');
  const outlets = [createOutlet(), createOutlet()];
  await beat(world.database, 30);
  await until(() => live.tail.position >= 30);
  for (const outlet of outlets) {
    await live.subscribe(
      {
        query: 'subscription ($a: String) { items(after: $a) { slowly } }',
        variables: { a: live.encode(0) },
      },
      outlet,
    );
  }
  for (let batch = 0; batch < 3; batch += 1) await beat(world.database, 30);
  await until(() => outlets.every(({ results }) => results.length === 120));
  const ids = idsOf(await readLog(world.database));
  for (const { results } of outlets) expect(fieldOf(results, 'slowly')).toEqual(ids);
});

test('an event of one user is executed for that user’s subscribers and nobody else', async () => {
  await using world = await createWorld();
  await using live = await openLive(world);
  await world.spawn('relay').waitForLog('lease.taken');
  const ofUser = 'subscription ($user: String) { items(user: $user) { id execution } }';
  const users = Array.from({ length: 200 }, (_, index) => `u${index}`);
  const outlets = users.map(createOutlet);
  await Promise.all(
    users.map((user, index) => live.subscribe({ query: ofUser, variables: { user } }, outlets[index]!)),
  );
  await beat(world.database, 3, 'u7');
  await beat(world.database, 2, 'nobody');
  await until(() => outlets[7]!.results.length === 3 && live.tail.position >= 5);
  expect(live.executions).toBe(3);
  expect(outlets.reduce((sum, { results }) => sum + results.length, 0)).toBe(3);
});

const alike = fc.constantFrom('', 'a', '"', '","', '\\', '\\"', 'null', '{}', '["a"]', 'a","b');
const variables = fc.dictionary(
  fc.constantFrom('label', 'a', '__proto__', ''),
  fc.oneof(alike, fc.jsonValue({ maxDepth: 2 })),
  {
    maxKeys: 2,
  },
);
const operation: fc.Arbitrary<SubscriptionOperation> = fc.record({
  document: fc
    .constantFrom(
      'subscription { items { id } }',
      'subscription A { items { id } }',
      'subscription A { items { id } } subscription B { items { id } }',
      'subscription ($label: String) { items(label: $label) { id } }',
      'subscription { items(label: "a\\",\\"b") { id } }',
    )
    .map((text) => parse(text)),
  operationName: fc.constantFrom(undefined, null, 'A', 'B'),
  variables,
  scope: alike,
});

/** The only variable that one of the documents declares */
function declared({ document, operationName, variables }: SubscriptionOperation): unknown {
  const declares = print(document).includes('$label') && (operationName ?? null) === null;
  return declares && variables && Object.hasOwn(variables, 'label') ? [variables.label] : [];
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, item) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
