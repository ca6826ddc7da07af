import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTcpProxy, type TcpProxy } from '../../dev/tcp-proxy.ts';
import { request } from '../support/graphql-client.ts';
import { idsOf, readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { addVideos, gatherAudience } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';
import { type ExampleProcess, runExample } from './example-process.ts';

/** Every make of client there is an example of, as a program, and its mode; all go through the same accidents. */
const clients = [
  'websocket.ts',
  'graphql-ws.ts',
  'urql.ts',
  'apollo.ts',
  'graphql-sse.ts',
  'graphql-sse.ts single',
  'event-source.ts',
  'event-stream.py',
  'event-stream.sh',
] as const;
const silentAfterMs = 6_000; // for those that are told how long is too long; the api sends something every 2 s
const patience = { timeoutMs: 60_000 }; // the others notice a dead connection after 15 s

let world: World;
let proxy: TcpProxy;
const examples = new Map<string, ExampleProcess>();

beforeAll(async () => {
  world = await createWorld();
  await addVideos(world.database, 4);
  const relay = world.spawn('relay');
  const startApi = async () => {
    const api = world.spawn('api', { env: { KEEP_ALIVE_MS: '2000' } });
    await api.waitForLog('api.started', patience);
    return api;
  };
  let [api] = await Promise.all([startApi(), relay.waitForLog('lease.taken', patience)]);
  proxy = await startTcpProxy({ to: world.apiUrl });
  const { data } = await request(world.apiUrl, '{ head }');
  const url = `http://127.0.0.1:${proxy.port}`;
  for (const name of clients) {
    const [file, ...mode] = name.split(' ');
    examples.set(name, runExample(file!, url, data.head, String(silentAfterMs), ...mode));
  }

  await using audience = gatherAudience(world.database, { users: 1, paceMs: 100 });
  await everyClientGoesOn();
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    await api.kill(signal);
    api = await startApi();
    await everyClientGoesOn();
  }
  proxy.silence(); // what is connected stays so, and never hears anything again
  proxy.heal();
  await everyClientGoesOn();
  await audience.stop();
}, 400_000);

afterAll(async () => {
  for (const example of examples.values()) await example[Symbol.asyncDispose]();
  await proxy.stop();
  await world[Symbol.asyncDispose]();
});

/** Settles once each client has received something that happened after the call. */
async function everyClientGoesOn(): Promise<void> {
  const known = new Set(idsOf(await readLog(world.database)));
  for (const [name, { events, said }] of examples) {
    await until(() => events.some(({ id }) => !known.has(id)), {
      ...patience,
      message: () => `${name} goes on; it said:\n${said.slice(-10).join('\n')}`,
    });
  }
}

test.each(clients)(
  '%s has every event once and in order, whether the api was killed, stopped or fell silent',
  async (name) => {
    const { events, said } = examples.get(name)!;
    const log = await readLog(world.database);
    await until(() => events.at(-1)?.id === log.at(-1)!.id, {
      ...patience,
      message: () => `${name} has the last event; it said:\n${said.slice(-10).join('\n')}`,
    });
    expect(idsOf(events)).toEqual(idsOf(log));
  },
);
