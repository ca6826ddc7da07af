/** Documents that no program can execute: refused as the mistake of their client, over each transport. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerIn, codesOf, openSocket } from '../support/raw-socket.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.spawn('api').waitForLog('api.started');
});
afterAll(() => world[Symbol.asyncDispose]());

const levels = 1_600; // of what has few tokens a level; a document may have 10,000
const nested = (open: string, close: string, inside = '') =>
  open.repeat(levels) + inside + close.repeat(levels);
const chain = Array.from(
  { length: 1_200 },
  (_, index) => `fragment f${index} on Event { ...f${index + 1} }`,
).join(' ');

const documents = [
  ['fields', `{ events ${nested('{ edges { node ', '} }')} }`],
  ['inline fragments', `{ ${nested('... { ', '}', 'head')} }`],
  ['lists', `{ events(types: ${nested('[', ']')}) { edges { cursor } } }`],
  ['input objects', `{ events(first: ${nested('{ a: ', '}', '1')}) { edges { cursor } } }`],
  ['types of variables', `query ($a: ${nested('[', ']', 'Int')}) { head }`],
  ['a chain of fragments', `subscription { events { ...f0 } } ${chain} fragment f1200 on Event { id ids }`],
] as const;

const withoutRoot = [
  ['@skip of its field', 'subscription { events @skip(if: true) { id } }'],
  ['@include of a fragment', 'subscription { ... @include(if: false) { events { id } } }'],
  [
    'a variable in a fragment of a fragment',
    'subscription ($no: Boolean = false) { ...a } fragment a on Subscription { ...b } fragment b on Subscription { events @include(if: $no) { id } }',
  ],
] as const;

const post = async (query: string, accept: string) => {
  const headers = { 'content-type': 'application/json', accept };
  const answer = await fetch(`${world.apiUrl}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query }),
  });
  return await answer.text();
};

test.each(documents)('%s in one another are refused', async (_what, query) => expectRefused(query));
test.each(withoutRoot)('a subscription that may have no field, by %s, is refused', async (_what, query) =>
  expectRefused(query),
);

async function expectRefused(query: string): Promise<void> {
  for (const accept of ['application/json', 'text/event-stream']) {
    const text = await post(query, accept);
    expect(text).toContain('"code":"BAD_USER_INPUT"');
    expect(text).not.toContain('INTERNAL');
  }
  await using socket = await openSocket(world.apiUrl);
  socket.send({ id: '1', type: 'subscribe', payload: { query } });
  const answer = answerIn(await socket.received(({ id }) => id === '1'));
  expect(codesOf(answer)[0]).toBe('BAD_USER_INPUT');
}

test('what stands in a text or a comment is not counted', async () => {
  const text = await post(
    `{ account(id: "${'{'.repeat(900)}") { id } head } # ${'['.repeat(900)}`,
    'application/json',
  );
  expect(JSON.parse(text).data).toMatchObject({ head: expect.any(String) });
});
