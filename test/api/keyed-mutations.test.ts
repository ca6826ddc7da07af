/** Idempotency keys, and the argument that is to blame, as clients see them. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { request, subscribe } from '../support/graphql-client.ts';
import { codesOf } from '../support/raw-socket.ts';
import { addVideos } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
  await addVideos(world.database, 2);
  await Promise.all([
    world.spawn('api').waitForLog('api.started'),
    world.spawn('worker').waitForLog('worker.started'),
    world.spawn('relay').waitForLog('lease.taken'),
  ]);
});
afterAll(() => world[Symbol.asyncDispose]());

const ask = (query: string, variables: object = {}) => request(world.apiUrl, query, variables);
const startSession = async () =>
  (await ask('mutation { startWatching(userId: "ada", videoId: "v0") { id } }')).data.startWatching
    .id as string;
const countEvents = async (id: string) =>
  (await world.database.pool.query('SELECT count(*)::int FROM outbox WHERE aggregate_id = $1', [id])).rows[0]
    .count;

describe('the same key twice has one effect and one answer:', () => {
  test.each([
    ['heartbeat', '', '{ lastSeenAt }'],
    ['changeQuality', ', quality: UHD', '{ quality lastSeenAt }'],
    ['stopWatching', '', '{ endedAt }'],
  ])('%s', async (name, more, fields) => {
    const [id, other] = [await startSession(), await startSession()];
    const query = `mutation ($id: ID!) { ${name}(sessionId: $id${more}, idempotencyKey: "k-${name}") ${fields} }`;
    const before = await countEvents(id);
    const [first, ...again] = await Promise.all(Array.from({ length: 4 }, () => ask(query, { id })));
    expect(first!.errors).toBeUndefined();
    for (const { data } of [...again, await ask(query, { id })]) expect(data).toEqual(first!.data);
    expect(await countEvents(id)).toBe(before + 1);
    expect(codesOf(await ask(query, { id: other }))).toEqual(['IDEMPOTENCY_KEY_REUSED']);
  });

  test('pauseConsumer, drainConsumer and resumeConsumer', async () => {
    const change = (name: string, key?: string, consumer = 'badges') =>
      ask(
        `mutation ($key: String, $consumer: String!) {
        ${name}(consumer: $consumer, idempotencyKey: $key) { consumer paused draining } }`,
        { key, consumer },
      );
    const statusOf = async () => {
      const { data } = await ask('{ pipeline { consumers { consumer paused draining } } }');
      return data.pipeline.consumers.find(({ consumer }: { consumer: string }) => consumer === 'badges');
    };
    const going = { consumer: 'badges', paused: false, draining: false };
    for (const name of ['pauseConsumer', 'drainConsumer']) {
      const first = await change(name, `k-${name}`);
      expect(first.errors).toBeUndefined();
      expect((await change('resumeConsumer')).data.resumeConsumer).toEqual(going);
      expect((await change(name, `k-${name}`)).data).toEqual(first.data);
      expect(await statusOf(), 'it goes on').toEqual(going);
      expect(codesOf(await change(name, `k-${name}`, 'rankings'))).toEqual(['IDEMPOTENCY_KEY_REUSED']);
    }
    const resumed = await change('resumeConsumer', 'k');
    await change('pauseConsumer');
    expect((await change('resumeConsumer', 'k')).data).toEqual(resumed.data);
    expect(await statusOf(), 'it stands still').toMatchObject({ paused: true });
    await change('resumeConsumer');
  });

  test.each(['redrive', 'discard'])('%s', async (name) => {
    await ask('mutation { pauseConsumer(consumer: "badges") { paused } }');
    const deadLetter = () =>
      world.database.pool.query(
        `INSERT INTO dead_letter (id, consumer, event_id, position, correlation_id, event, error, attempts)
         VALUES (gen_random_uuid(), 'badges', $1, 1, 'c', $2, 'e', 1)`,
        [randomUUID(), { type: 'video.watch_started' }],
      );
    const act = (key: string | null, consumer = 'badges') =>
      ask(
        `mutation ($key: String, $consumer: String) {
        ${name}(consumer: $consumer, idempotencyKey: $key) }`,
        { key, consumer },
      );
    await act(null);
    await world.database.pool.query('DELETE FROM dead_letter');
    await deadLetter();
    expect((await act(`k-${name}`)).data).toEqual({ [name]: 1 });
    await deadLetter();
    expect((await act(`k-${name}`)).data).toEqual({ [name]: 1 });
    const { rows } = await world.database.pool.query(
      'SELECT count(*)::int AS count FROM dead_letter WHERE redrive_requested_at IS NULL',
    );
    expect(rows, 'what came later is untouched').toEqual([{ count: 1 }]);
    expect(codesOf(await act(`k-${name}`, 'rankings'))).toEqual(['IDEMPOTENCY_KEY_REUSED']);
    await world.database.pool.query('DELETE FROM dead_letter');
  });
});

test('every mutation takes a key', async () => {
  const { data } = await ask('{ __schema { mutationType { fields { name args { name } } } } }');
  const fields = data.__schema.mutationType.fields as { name: string; args: { name: string }[] }[];
  const without = fields.filter(({ args }) => !args.some(({ name }) => name === 'idempotencyKey'));
  expect(without).toEqual([]);
});

const zero = '00000000-0000-0000-0000-000000000000';

describe('BAD_USER_INPUT names its argument:', () => {
  test.each([
    ['userId', 'mutation { startWatching(userId: "", videoId: "v0") { id } }'],
    ['videoId', 'mutation { startWatching(userId: "a", videoId: "") { id } }'],
    ['quality', 'mutation { startWatching(userId: "a", videoId: "v0", quality: 8) { id } }'],
    ['sessionId', 'mutation { heartbeat(sessionId: "") { id } }'],
    ['idempotencyKey', `mutation { heartbeat(sessionId: "${zero}", idempotencyKey: "") { id } }`],
    ['idempotencyKey', `mutation { deposit(accountId: "${zero}", amount: "1", idempotencyKey: "") { id } }`],
    ['idempotencyKey', 'mutation { redrive(consumer: "badges", idempotencyKey: "") }'],
    ['owner', 'mutation { openAccount(owner: "") { id } }'],
    ['currency', 'mutation { openAccount(owner: "a", currency: "euro") { id } }'],
    ['initialDeposit', 'mutation { openAccount(owner: "a", initialDeposit: "1.5") { id } }'],
    ['amount', `mutation { deposit(accountId: "${zero}", amount: "0") { id } }`],
    ['description', `mutation { deposit(accountId: "${zero}", amount: "1", description: "") { id } }`],
    ['expectedVersion', `mutation { closeAccount(accountId: "${zero}", expectedVersion: 0) { id } }`],
    ['ids[1]', `mutation { redrive(ids: ["${zero}", "none"]) }`],
    ['ids[0]', 'mutation { discard(ids: ["none"]) }'],
    ['types[1]', '{ events(types: ["video.*", "video"]) { edges { cursor } } }'],
    ['first', '{ events(first: 0) { edges { cursor } } }'],
    ['last', '{ events(last: -1) { edges { cursor } } }'],
    ['first', '{ videos(first: 100000) { edges { cursor } } }'],
    ['first', '{ videos(first: "x") { edges { cursor } } }'],
    ['after', '{ videos(after: "none") { edges { cursor } } }'],
    ['after', '{ deadLetters(after: "none") { edges { cursor } } }'],
    ['after', '{ accounts(after: "none") { edges { cursor } } }'],
    ['minBalance', '{ accounts(minBalance: "x") { edges { cursor } } }'],
    ['month', `{ accountStatement(id: "${zero}", month: "13") { opening } }`],
    ['version', `{ account(id: "${zero}", version: 0) { id } }`],
    ['before', `{ accountHistory(id: "${zero}", last: 1, before: "none") { edges { cursor } } }`],
    ['userId', '{ notifications { id } }'],
    [undefined, '{ events(first: 1, last: 1) { edges { cursor } } }'],
    [undefined, 'mutation { redrive }'],
    [undefined, '{ none }'],
  ])('%s in %s', async (argument, query) => {
    const { errors } = await ask(query);
    expect(errors![0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(errors![0]!.extensions.argument).toBe(argument);
  });

  test.each([
    ['types[1]', 'subscription { events(types: ["video.*", "video"]) { id } }', {}],
    ['first', 'subscription { leaderboard(first: 0) { rank } }', {}],
    [
      'types[1]',
      'subscription ($types: [String!]) { events(types: $types) { id } }',
      { types: ['video.*', 1] },
    ],
    ['userId', 'subscription { notifications { id } }', {}],
  ])('%s of a subscription over WebSocket and SSE: %s', async (argument, query, variables) => {
    await using socket = subscribe(world.apiUrl, query, variables);
    await using stream = openEventStream(world.apiUrl, query, { variables });
    for (const results of [socket, stream]) {
      const [refused] = await results.take(1);
      expect(refused!.errors![0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument });
    }
  });
});

test('the bank’s events are of their own types in the log, in the history and live', async () => {
  const fields = `__typename type payload
    ... on AccountOpened { accountId owner currency initialDeposit overdraftLimit }
    ... on MoneyDeposited { accountId amount currency description }`;
  const { data } = await ask('mutation { openAccount(owner: "ada", initialDeposit: "5") { id } }');
  const { id } = data.openAccount;
  await using live = subscribe(
    world.apiUrl,
    `subscription ($id: ID!, $after: Cursor) { accountActivity(accountId: $id, after: $after) { ${fields} } }`,
    { id, after: (await ask('{ head }')).data.head },
  );
  await ask(`mutation ($id: ID!) { deposit(accountId: $id, amount: "7", description: "rent") { id } }`, {
    id,
  });
  const history = await ask(
    `query ($id: ID!) { accountHistory(id: $id, first: 9) { edges { node { ${fields} } } } }`,
    {
      id,
    },
  );
  const nodes = history.data.accountHistory.edges.map(({ node }: { node: object }) => node);
  expect(nodes).toMatchObject([
    {
      __typename: 'AccountOpened',
      accountId: id,
      owner: 'ada',
      currency: 'EUR',
      initialDeposit: '5',
      overdraftLimit: '0',
    },
    { __typename: 'MoneyDeposited', accountId: id, amount: '7', currency: 'EUR', description: 'rent' },
  ]);
  const [received] = await live.take(1);
  expect(received!.data.accountActivity).toEqual(nodes[1]);
  const log = await ask(
    `query ($id: ID!) { events(aggregateId: $id, first: 9) { edges { node { ${fields} } } } }`,
    { id },
  );
  expect(log.data.events.edges.map(({ node }: { node: object }) => node)).toEqual(nodes);
});
