import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  type AortaClientOptions,
  AortaError,
  createAortaClient,
  type Progress,
  type Step,
} from '../../client/index.ts';
import { until } from '../support/until.ts';
import { listen } from './listen.ts';
import { createLiveWorld, documents, type LiveWorld } from './live-world.ts';
import { type Refusal, startRefusingServer } from './refusing-server.ts';

let live: LiveWorld;
beforeAll(async () => {
  live = await createLiveWorld();
}, 120_000);
afterAll(() => live[Symbol.asyncDispose]());

/** A document that is wrong, and one that is right and cannot begin */
const refused = [
  ['subscription { nothing }', 'BAD_USER_INPUT'],
  ['subscription { events(types: ["Not a type!"]) { id } }', 'BAD_USER_INPUT'],
] as const;

test.each(refused)('a loop over `follow` of %s ends with the refusal as an error', async (query, code) => {
  const steps: Step<object>[] = [];
  const loop = async () => {
    for await (const step of live.newClient().follow({ query })) steps.push(step);
  };
  await expect(loop()).rejects.toThrow(AortaError);
  expect(steps).toMatchObject([{ status: 'refused', error: { code, retryable: false } }]);
  expect(steps[0]!.error!.message).not.toBe('');
});

test.each(refused)('a sink gets the refusal of %s as an error, and nothing after it', async (query, code) => {
  const subscription = listen(live.newClient(), { query });
  await until(() => subscription.end);
  expect(subscription.end).toEqual({ error: expect.any(AortaError) });
  expect(subscription.end).toMatchObject({ error: { code, retryable: false } });
  expect([subscription.status, subscription.results]).toEqual(['refused', []]);
});

test('`request` gives the data of an answer, and throws its errors', async () => {
  const client = live.newClient();
  expect(await client.request({ query: '{ head }' })).toEqual({ head: expect.any(String) });
  const refusal = client.request({ query: '{ events(last: -1) { edges { cursor } } }' });
  await expect(refusal).rejects.toThrow(AortaError);
  await expect(refusal).rejects.toMatchObject({ code: 'BAD_USER_INPUT', retryable: false });
});

class FromElsewhere extends WebSocket {
  constructor(url: string, protocol: string) {
    super(url, protocol, { origin: 'https://elsewhere.example' });
  }
}

describe('a handshake that the api refuses is not tried for ever', () => {
  const implementations = [
    ['Node', globalThis.WebSocket],
    ['the package ws', WebSocket],
  ] as const;
  test.each(implementations)('404, with the WebSocket of %s', async (_whose, webSocketImpl) => {
    const url = live.socketUrl.replace('/graphql', '/nowhere');
    await untilRefused({ url, webSocketImpl }, /404/, { code: 'CONNECTION_REFUSED', retryable: false });
  });

  test('403, of a foreign origin', async () => {
    await untilRefused({ url: live.socketUrl, webSocketImpl: FromElsewhere }, /403.*ALLOWED_ORIGINS/s, {
      code: 'CONNECTION_REFUSED',
      retryable: false,
    });
  });
});

test.each<[Refusal, RegExp, string]>([
  [{ status: 403 }, /403/, 'CONNECTION_REFUSED'],
  [{ status: 403, http: 200 }, /answers HTTP requests with status 200/, 'CONNECTION_REFUSED'],
  [{ closeCode: 4403, reason: 'The token does not hold' }, /The token does not hold/, 'UNAUTHENTICATED'],
])('neither is one at a server that does %o', async (refusal, words, code) => {
  await using server = await startRefusingServer(refusal);
  const progress = await untilRefused({ url: server.socketUrl }, words, { code });
  const tries = progress.filter(({ attempt }) => attempt !== undefined);
  expect(tries.map(({ attempt }) => attempt)).toEqual(tries.map((_, index) => index + 1));
  expect(server.handshakes).toBe(tries.length + 1);
  for (const { reason, nextTryAt } of tries)
    expect([reason, nextTryAt]).toEqual([expect.any(String), expect.any(Number)]);
});

test.each<[Refusal]>([
  [{ status: 502 }],
  [{ closeCode: 1000, reason: '' }],
  [{ closeCode: 1013, reason: '' }],
])('a server that does %o is tried again, after pauses that are told', async (refusal) => {
  await using server = await startRefusingServer(refusal);
  const client = newClient({ url: server.socketUrl, backoff: { baseMs: 1, maxMs: 1 } });
  const subscription = listen(client, { query: documents.events });
  await until(() => server.handshakes > 15);
  expect(subscription.end).toBeUndefined();
  const tries = subscription.progress.filter(({ attempt }) => attempt !== undefined);
  expect(tries.length).toBeGreaterThanOrEqual(server.handshakes - 1);
});

test('what was refused can be asked for again, and is tried afresh', async () => {
  await using server = await startRefusingServer({ status: 404 });
  let url = server.socketUrl;
  const client = newClient({ url: () => url });
  await expect(client.request({ query: '{ head }' })).rejects.toMatchObject({ code: 'CONNECTION_REFUSED' });
  url = live.socketUrl;
  expect(await client.request({ query: '{ head }' })).toEqual({ head: expect.any(String) });
});

function newClient(options: AortaClientOptions) {
  const client = createAortaClient({ backoff: { baseMs: 20, maxMs: 20 }, ...options });
  onTestFinished(() => client.dispose());
  return client;
}

/** Follows events until that is refused, in these words. Returns all that was told before. */
async function untilRefused(
  options: AortaClientOptions,
  words: RegExp,
  error: Partial<AortaError>,
): Promise<readonly Progress[]> {
  const subscription = listen(newClient(options), { query: documents.events });
  await until(() => subscription.end, { message: 'the subscription was refused' });
  expect(subscription.end).toMatchObject({ error: { ...error, message: expect.stringMatching(words) } });
  expect(subscription.status).toBe('refused');
  return subscription.progress;
}
