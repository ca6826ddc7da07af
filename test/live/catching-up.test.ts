import { expect, test } from 'vitest';
import { startTcpProxy } from '../../dev/tcp-proxy.ts';
import { readSink } from '../../src/outbox/sinks.ts';
import { idsOf, readLog } from '../support/log.ts';
import { openSocket } from '../support/raw-socket.ts';
import { until } from '../support/until.ts';
import { addVideos, createViewers } from '../support/viewers.ts';
import { createWorld } from '../support/world.ts';

test('a client that catches up while PostgreSQL is away is told so, waits, and misses nothing', async () => {
  await using world = await createWorld();
  await addVideos(world.database, 1);
  await using proxy = await startTcpProxy({ to: world.env.DATABASE_URL! });
  // history of any length is in the outbox only
  const relay = world.spawn('relay', { env: { STREAM_MAX_LENGTH: '10' } });
  await relay.waitForLog('lease.taken');
  const viewers = createViewers(world.database);
  for (let user = 0; user < 30; user += 1) await viewers.start({ userId: `u${user}`, videoId: 'v0' });
  const log = await readLog(world.database);
  await until(async () => (await readSink(world.database.pool, 'streams')).position >= log.length);
  const api = world.spawn('api', { env: { DATABASE_URL: proxy.through(world.env.DATABASE_URL!) } });
  await api.waitForLog('api.started');

  await using socket = await openSocket(world.apiUrl);
  const query = 'subscription ($after: Cursor) { events(after: $after) { id } }';
  socket.send({ id: 'first', type: 'subscribe', payload: { query } });
  const { payload } = await socket.received(({ type }) => type === 'ping');
  const [epoch] = Buffer.from((payload as Pings).cursors.first!, 'base64url')
    .toString()
    .split(':');
  const after = Buffer.from(`${epoch}:0`).toString('base64url');

  proxy.refuse();
  proxy.cut();
  socket.send({ id: 'back', type: 'subscribe', payload: { query, variables: { after } } });
  await socket.received(({ type, payload: told }) => type === 'ping' && catchesUp(told));
  await api.waitForLog('history.not_read');
  expect(socket.messages.filter(({ id }) => id === 'back')).toEqual([]);

  proxy.heal();
  const received = () => socket.messages.filter(({ id, type }) => id === 'back' && type === 'next');
  await until(() => received().length === log.length);
  const ids = received().map(({ payload: result }) => (result as Result).data.events.id);
  expect(ids).toEqual(idsOf(log));
  await socket.received(({ type, payload: told }) => type === 'ping' && isLive(told));
});

interface Pings {
  readonly cursors: Readonly<Record<string, string>>;
  readonly catchingUp?: readonly string[];
}

interface Result {
  readonly data: { readonly events: { readonly id: string } };
}

const catchesUp = (told: unknown) => (told as Pings).catchingUp?.includes('back') ?? false;
const isLive = (told: unknown) => 'back' in (told as Pings).cursors && !catchesUp(told);
