import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Step } from '../../client/index.ts';
import { request } from '../support/graphql-client.ts';
import { idsOf, readLog } from '../support/log.ts';
import { createViewers } from '../support/viewers.ts';
import { createLiveWorld, documents, type LiveWorld } from './live-world.ts';

let live: LiveWorld;
let origin: string;
const payload = () => ({ query: documents.events, extensions: { after: origin } });

interface Data {
  readonly events: { readonly id: string };
}

beforeAll(async () => {
  live = await createLiveWorld();
  origin = (await request(live.world.apiUrl, '{ head }')).data.head;
  const viewers = createViewers(live.world.database);
  for (let count = 0; count < 20; count += 1) await viewers.start({ userId: 'u0', videoId: 'v0' });
});
afterAll(() => live[Symbol.asyncDispose]());

test('every step has the cursor from which another client goes on with what comes next', async () => {
  const log = idsOf(await readLog(live.world.database));
  const handled: string[] = [];
  let cursor: string | undefined = origin;
  while (handled.length < log.length) {
    const client = live.newClient();
    const after: string | undefined = cursor;
    const until = handled.length + 7;
    for await (const step of client.follow<Data>({ ...payload(), extensions: { after } })) {
      if (step.result?.data) handled.push(step.result.data.events.id);
      cursor = step.cursor;
      if (handled.length === Math.min(until, log.length)) break;
    }
    await client.dispose();
  }
  expect(handled).toEqual(log);
});

test('steps tell the status with the results, and of its changes in between', async () => {
  const steps: Step<Data, { cursor: string }>[] = [];
  for await (const step of live.newClient().follow<Data, { cursor: string }>(payload())) {
    steps.push(step);
    if (step.status === 'live') break;
  }
  const log = idsOf(await readLog(live.world.database));
  expect(steps.filter(({ result }) => result).map(({ status }) => status)).toEqual(
    log.map(() => 'catching up'),
  );
  expect(steps.at(-1)).toEqual({
    status: 'live',
    cursor: steps.at(-2)!.result!.extensions!.cursor,
    oldest: undefined,
  });
});

test('a refused cursor ends the steps after the one that has the refusal', async () => {
  const steps = live.newClient().follow({ ...payload(), extensions: { after: 'nonsense' } });
  const all = await Array.fromAsync(steps);
  expect(all.map(({ status }) => status)).toEqual(['expired', 'expired']);
  expect(all[1]!.result!.errors![0]!.extensions).toMatchObject({ code: 'CURSOR_INVALID' });
});

test('iterate gives the results alone, as in graphql-ws', async () => {
  const received: string[] = [];
  const log = idsOf(await readLog(live.world.database));
  for await (const { data } of live.newClient().iterate<Data>(payload())) {
    received.push(data!.events.id);
    if (received.length === log.length) break;
  }
  expect(received).toEqual(log);
});

test('an iteration ends at `return` also while it waits for what comes next', async () => {
  const steps = live
    .newClient()
    .follow({ query: 'subscription { events(types: ["badge.awarded"]) { id } }' });
  await steps.next();
  const pending = steps.next();
  expect(await steps.return!()).toEqual({ done: true, value: undefined });
  expect(await pending).toEqual({ done: true, value: undefined });
});

test('an iteration throws what the operation was refused for', async () => {
  const results = live.newClient().iterate({ query: 'subscription { nothing }' });
  await expect(results.next()).rejects.toMatchObject({ code: 'BAD_USER_INPUT', retryable: false });
});
