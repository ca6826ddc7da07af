/** Variables that a document does not declare are nobody's: they are not kept, and tell no groups apart. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiRole, type MeasuredServer, startMeasuredServer } from '../../bench/live/measured-server.ts';
import { readHeapBytes } from '../../bench/slow/heap.ts';
import { openEventStream } from '../support/event-stream.ts';
import { request } from '../support/graphql-client.ts';
import { openReady } from '../support/protocol-socket.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';

const mebibyte = 1_048_576;
const count = 12;

let world: World;
let api: MeasuredServer;

beforeAll(async () => {
  world = await createWorld();
  api = await startMeasuredServer({ script: apiRole, args: ['api'], env: world.env });
}, 180_000);
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

/** Nearly a mebibyte as text, and many times as much once it is parsed. */
const large = (index: number) => ({ [`undeclared${index}`]: Array.from({ length: 250_000 }, () => ({})) });
const query = 'subscription ($types: [String!]) { events(types: $types) { id } }';

test('of subscriptions over WebSocket', async () => {
  await using socket = await openReady(world.apiUrl);
  const { grown } = await measured(async () => {
    for (let index = 0; index < count; index += 1) {
      const variables = { ...large(index), types: ['video.*'] };
      socket.send({ id: `${index}`, type: 'subscribe', payload: { query, variables } });
    }
    await until(async () => (await counts()).subscribers === count, { timeoutMs: 30_000 });
  });
  expect(await counts()).toEqual({ groups: 1, subscribers: count });
  expect(grown / mebibyte).toBeLessThan(20);
});

test('of subscriptions over Server-Sent Events', async () => {
  await using streams = new AsyncDisposableStack();
  const before = (await counts()).subscribers;
  const { grown } = await measured(async () => {
    for (let index = 0; index < count; index += 1) {
      const variables = { ...large(index), types: ['bank.*'] };
      streams.use(openEventStream(world.apiUrl, query, { variables }));
    }
    await until(async () => (await counts()).subscribers === before + count, { timeoutMs: 30_000 });
  });
  expect(grown / mebibyte).toBeLessThan(40);
  const { data } = await request(world.apiUrl, '{ __typename }');
  expect(data.__typename).toBe('Query');
});

/** By how many bytes what the api holds has grown meanwhile. */
async function measured(act: () => Promise<void>): Promise<{ grown: number }> {
  const before = await readHeapBytes(api);
  await act();
  return { grown: (await readHeapBytes(api)) - before };
}

async function counts(): Promise<{ groups: number; subscribers: number }> {
  const metrics = await (await fetch(`${world.apiUrl}/metrics`)).text();
  const countOf = (what: string) =>
    Number(new RegExp(`^aorta_live\\{what="${what}"\\} (\\d+)`, 'm').exec(metrics)![1]);
  return { groups: countOf('groups'), subscribers: countOf('subscribers') };
}
