/** A release: two apis behind a real proxy, replaced one after the other. Their clients notice nothing. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { EventSource } from 'eventsource';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createAortaClient } from '../../client/index.ts';
import { freePort } from '../../dev/free-port.ts';
import { startNginx } from '../../dev/nginx.ts';
import { request, subscribe } from '../support/graphql-client.ts';
import { idsOf, readLog } from '../support/log.ts';
import { ask } from '../support/raw-http.ts';
import { until } from '../support/until.ts';
import { createRecoveryWorld, patient } from './support.ts';

const start = `mutation ($userId: ID!, $key: String!) {
  startWatching(userId: $userId, videoId: "v0", idempotencyKey: $key) { id }
}`;
const stopping = { PRESTOP_MS: '3000', DRAIN_MS: '1000', SHUTDOWN_MS: '60000' };

test('two apis behind nginx are replaced in turn: no request fails, and no event is lost or doubled', async () => {
  await using world = await createRecoveryWorld();
  const ports = [await freePort(), await freePort()];
  const startApi = async (port: number) => {
    const api = world.spawn('api', { env: { ...stopping, PORT: String(port), KEEP_ALIVE_MS: '500' } });
    await api.waitForLog('api.started');
    return api;
  };
  await world.spawn('relay').waitForLog('lease.taken');
  const apis = await Promise.all(ports.map(startApi));
  await using nginx = await startNginx(ports);

  const failures: unknown[] = [];
  const acknowledged: string[] = [];
  let writing = true;
  const write = async (userId: string) => {
    while (writing) {
      const { status, body } = await ask(nginx.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ query: start, variables: { userId, key: randomUUID() } }),
      });
      if (status !== 200 || !JSON.parse(body).data?.startWatching) failures.push({ status, body });
      else acknowledged.push(JSON.parse(body).extensions.correlationId);
      await delay(5);
    }
  };

  const url = `${nginx.url.replace('http', 'ws')}/graphql`;
  const client = createAortaClient({ url, webSocketImpl: WebSocket, backoff: { baseMs: 20, maxMs: 200 } });
  const bySocket: string[] = [];
  const query = 'subscription { events { id } }';
  client.subscribe(
    { query },
    {
      next: ({ data }) => void bySocket.push((data as { events: { id: string } }).events.id),
      error: (error) => void failures.push(error),
      complete: () => {
        if (writing) failures.push('a subscription was ended');
      },
    },
  );
  const source = new EventSource(`${nginx.url}/graphql?query=${encodeURIComponent(query)}`);
  const byStream: string[] = [];
  source.addEventListener('next', ({ data }) => byStream.push(JSON.parse(data).data.events.id));
  try {
    await until(() => source.readyState === source.OPEN, { timeoutMs: patient });
    // what both have from here on is compared
    const bothReceive = async () => {
      await request(nginx.url, start, { userId: 'u0', key: randomUUID() });
      return bySocket.length > 0 && byStream.length > 0;
    };
    await until(bothReceive, { timeoutMs: patient });
    const writers = ['u1', 'u2', 'u3'].map(write);
    for (const [index, port] of [...ports, ...ports].entries()) {
      const before = acknowledged.length;
      await until(() => acknowledged.length > before + 10, { timeoutMs: patient });
      expect(await apis[index % 2]!.stop()).toEqual({ code: 0, signal: null });
      apis[index % 2] = await startApi(port);
    }
    writing = false;
    await Promise.all(writers);

    expect(failures, nginx.told).toEqual([]);
    const log = await readLog(world.database);
    const causes = log.map(({ correlationId }) => correlationId);
    expect(acknowledged.filter((id) => causes.filter((cause) => cause === id).length !== 1)).toEqual([]);
    for (const received of [bySocket, byStream]) {
      const expected = idsOf(log).slice(idsOf(log).indexOf(received[0]!));
      await until(() => received.length >= expected.length, { timeoutMs: patient });
      expect(received).toEqual(expected);
    }
  } finally {
    writing = false;
    source.close();
    await client.dispose();
  }
}, 600_000);

test('an api that stops says so first, and serves requests and sockets as before meanwhile', async () => {
  await using world = await createRecoveryWorld();
  const env = { PRESTOP_MS: '600000', SHUTDOWN_MS: '0' };
  const refused = world.spawn('api', { env });
  expect(await refused.exited, 'which is refused when the times cannot hold').toEqual({
    code: 2,
    signal: null,
  });

  const api = world.spawn('api', { env: { PRESTOP_MS: '30000', DRAIN_MS: '0', SHUTDOWN_MS: '60000' } });
  await api.waitForLog('api.started');
  expect((await ask(world.apiUrl, { path: '/readyz' })).status).toBe(200);
  api.signal('SIGTERM');
  const notReady = await until(async () => {
    const answer = await ask(world.apiUrl, { path: '/readyz' });
    return answer.status === 503 && answer;
  });
  expect(JSON.parse(notReady.body)).toMatchObject({ ready: false, problems: [{ what: 'process' }] });

  const answer = await ask(world.apiUrl, { path: '/graphql?query={__typename}' });
  expect(JSON.parse(answer.body).data).toEqual({ __typename: 'Query' });
  expect(answer.headers.connection, 'the next request goes elsewhere').toBe('close');
  await using subscription = subscribe(world.apiUrl, 'subscription { events { id } }');
  await until(() => subscription.progress.length > 0, { message: 'a new socket is served' });
  await request(world.apiUrl, start, { userId: 'u0', key: randomUUID() });
  // a second signal does not wait
  api.signal('SIGTERM');
  expect(await api.exited).toEqual({ code: 1, signal: null });
}, 120_000);
