import { setTimeout as delay } from 'node:timers/promises';
import { EventSource } from 'eventsource';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { openEventStream } from '../support/event-stream.ts';
import { request, type Subscription, subscribe } from '../support/graphql-client.ts';
import { idsOf, readLog } from '../support/log.ts';
import type { RoleProcess } from '../support/role-process.ts';
import { until } from '../support/until.ts';
import { createViewers } from '../support/viewers.ts';
import type { World } from '../support/world.ts';
import { createRecoveryWorld, patient, receivedIds } from './support.ts';

const paceMs = 10;
const events = 'subscription ($after: Cursor) { events(after: $after) { id correlationId } }';
const ofUser = `subscription ($userId: ID!, $after: Cursor) {
  watchActivity(userId: $userId, after: $after) { id type } }`;
const start = `mutation ($userId: ID!) {
  startWatching(userId: $userId, videoId: "v0") { id } }`;

test('a client resumes after kill -9 of the api with no gap and no duplicate, and every acknowledged mutation arrives', async () => {
  await using world = await createRecoveryWorld();
  let api = await startApiAndRelay(world);
  const acknowledged: string[] = [];
  const received: string[] = [];
  let subscription = subscribe(world.apiUrl, events);
  await until(() => subscription.progress.length > 0);
  let writing = true;
  const write = async () => {
    while (writing) {
      // an answer that never came says nothing of the commit: only answers count
      const answer = await request(world.apiUrl, start, { userId: 'u0' }).catch(() => undefined);
      if (answer?.data?.startWatching) acknowledged.push(answer.extensions.correlationId);
      await delay(paceMs);
    }
  };
  const writers = [write(), write()];

  for (let kills = 0; kills < 3; kills += 1) {
    await subscription.take(25, patient);
    await api.kill();
    await until(() => subscription.ended);
    const after = harvest(subscription, received);
    api = world.spawn('api');
    await api.waitForLog('api.started');
    subscription = subscribe(world.apiUrl, events, { after });
  }
  await subscription.take(25, patient);
  writing = false;
  await Promise.all(writers);

  const log = await readLog(world.database);
  const causes = new Set(log.map(({ correlationId }) => correlationId));
  expect(acknowledged.filter((correlationId) => !causes.has(correlationId))).toEqual([]);
  await until(() => received.length + subscription.results.length >= log.length);
  harvest(subscription, received);
  await subscription.close();
  expect(received).toEqual(idsOf(log));
});

test('a client that had received nothing resumes from its progress cursor', async () => {
  await using world = await createRecoveryWorld();
  const api = await startApiAndRelay(world, { KEEP_ALIVE_MS: '500' });
  const quiet = subscribe(world.apiUrl, ofUser, { userId: 'u1' });
  const [joined] = await until(() => quiet.progress.length > 0 && quiet.progress);
  await request(world.apiUrl, start, { userId: 'u0' });
  const after = await until(() => quiet.progress.findLast((cursor) => cursor !== joined));
  await api.kill();
  await until(() => quiet.ended);
  expect(quiet.results).toEqual([]);

  await world.spawn('api').waitForLog('api.started');
  await request(world.apiUrl, start, { userId: 'u1' });
  for (const cursor of [joined, after]) {
    await using resumed = subscribe(world.apiUrl, ofUser, { userId: 'u1', after: cursor });
    await resumed.take(1);
    expect(resumed.results.map(({ data }) => data.watchActivity.type)).toEqual(['video.watch_started']);
  }
});

test('a plain EventSource comes back by itself after kill -9 of the api and has every event once', async () => {
  await using world = await createRecoveryWorld();
  const api = await startApiAndRelay(world);
  const url = new URL(`${world.apiUrl}/graphql`);
  url.searchParams.set('query', 'subscription { events { id } }');
  const source = new EventSource(url);
  const received: string[] = [];
  source.addEventListener('next', ({ data }) => received.push(JSON.parse(data).data.events.id));
  try {
    await until(() => source.readyState === source.OPEN);
    for (let count = 0; count < 5; count += 1) await request(world.apiUrl, start, { userId: 'u0' });
    await until(() => received.length > 0);
    await api.kill();
    await until(() => source.readyState === source.CONNECTING);
    await world.spawn('api').waitForLog('api.started');
    for (let count = 0; count < 5; count += 1) await request(world.apiUrl, start, { userId: 'u0' });
    await until(() => received.length >= 10);
    expect(received).toEqual(idsOf(await readLog(world.database)));
  } finally {
    source.close();
  }
});

test('SIGTERM closes sockets with 1001 and ends event streams, and the process ends by itself', async () => {
  await using world = await createRecoveryWorld();
  const api = await startApiAndRelay(world);
  await using stream = openEventStream(world.apiUrl, events);
  await until(() => stream.lastId);
  const closed = new Promise<{ code: number; reason: string }>((resolve, reject) => {
    const socket = new WebSocket(`${world.apiUrl.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    socket.on('open', () => socket.send('{"type":"connection_init"}'));
    socket.on('message', (data) => {
      if (JSON.parse(String(data)).type === 'connection_ack') api.signal('SIGTERM');
    });
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
    socket.on('error', reject);
  });
  expect(await closed).toEqual({ code: 1001, reason: 'Going away' });
  await until(() => stream.ended);
  expect(await api.exited).toEqual({ code: 0, signal: null });
});

async function startApiAndRelay(world: World, env: Record<string, string> = {}): Promise<RoleProcess> {
  const api = world.spawn('api', { env });
  const relay = world.spawn('relay');
  await Promise.all([api.waitForLog('api.started'), relay.waitForLog('lease.taken')]);
  return api;
}

/** Adds what the subscription received, and gives the cursor to go on from. */
function harvest(subscription: Subscription, received: string[]): string {
  received.push(...receivedIds(subscription.results));
  return subscription.results.at(-1)!.extensions.cursor;
}

test('SIGTERM lets many clients go a few at a time, while the others still receive', async () => {
  await using world = await createRecoveryWorld();
  const api = await startApiAndRelay(world, { DRAIN_MS: '3000' });
  const subscriptions = Array.from({ length: 20 }, () => subscribe(world.apiUrl, events));
  await until(() => subscriptions.every(({ progress }) => progress.length > 0));
  const stopped = api.stop();
  await until(() => subscriptions.some(({ ended }) => ended));
  await createViewers(world.database).start({ userId: 'u0', videoId: 'v0' });
  await until(() => subscriptions.some(({ results }) => results.length > 0));
  const left = subscriptions.filter(({ results }) => results.length === 0);
  expect(left.length, 'some had gone, and some were still there').toBeGreaterThan(0);
  expect(await stopped).toEqual({ code: 0, signal: null });
  await until(() => subscriptions.every(({ ended }) => ended));
});
