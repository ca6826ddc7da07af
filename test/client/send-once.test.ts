import { afterAll, beforeAll, expect, test } from 'vitest';
import { AnswerLostError } from '../../client/index.ts';
import { startTcpProxy, type TcpProxy } from '../../dev/tcp-proxy.ts';
import { idsOf, readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { listen } from './listen.ts';
import { createLiveWorld, documents, type LiveWorld } from './live-world.ts';

let live: LiveWorld;
let proxy: TcpProxy;

beforeAll(async () => {
  live = await createLiveWorld({ KEEP_ALIVE_MS: '12000' }); // a slow answer is no dead client
  proxy = await startTcpProxy({ to: live.world.apiUrl });
});
afterAll(async () => {
  await live[Symbol.asyncDispose]();
  await proxy.stop();
});

const startsOf = async (userId: string) =>
  (await readLog(live.world.database)).filter(({ keys }) => keys.includes(`user:${userId}`));

test('a mutation whose socket is lost before its answer ends with an error, and is not sent again', async () => {
  const client = live.newClient({ url: proxy.through(live.socketUrl) });
  const subscription = listen(client, { query: documents.events });
  await subscription.untilStatus('live');
  proxy.slow(3_000); // the mutation arrives, and its answer does not
  const mutation = listen(client, { query: documents.start, variables: { userId: 'cut' } });
  await until(async () => (await startsOf('cut')).length > 0);
  proxy.cut();
  proxy.heal();
  await until(() => mutation.end);
  expect(mutation.end).toEqual({ error: expect.any(AnswerLostError) });
  expect(mutation.end).toMatchObject({ error: { code: 'ANSWER_LOST', cause: { code: 1006 } } });
  expect(mutation.results).toEqual([]);

  // the same client goes on: its subscription tells of the effect, once
  const next = listen(client, { query: documents.start, variables: { userId: 'next' } });
  await until(() => next.end);
  const log = await readLog(live.world.database);
  await until(() => subscription.results.length >= log.length);
  expect(subscription.ids()).toEqual(idsOf(log));
  expect([(await startsOf('cut')).length, (await startsOf('next')).length]).toEqual([1, 1]);
});

test('a mutation that is asked for while the api is away waits, and has one effect', async () => {
  await live.killApi();
  const client = live.newClient();
  const mutation = listen(client, { query: documents.start, variables: { userId: 'early' } });
  await live.startApi();
  await until(() => mutation.end);
  expect(mutation.end).toBe('complete');
  expect(mutation.results[0].data.startWatching.id).toEqual(expect.any(String));
  expect(await startsOf('early')).toHaveLength(1);
});

test('a query is answered once, and an operation that is wrong tells why', async () => {
  const client = live.newClient();
  const query = listen(client, { query: '{ head }' });
  const wrong = listen(client, { query: '{ nothing }' });
  await until(() => query.end && wrong.end);
  expect(query.results).toMatchObject([{ data: { head: expect.any(String) } }]);
  expect(query.end).toBe('complete');
  expect(wrong.end).toMatchObject({
    error: { name: 'AortaError', code: 'BAD_USER_INPUT', retryable: false },
  });
});
