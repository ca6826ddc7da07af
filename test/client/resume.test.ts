import { afterAll, beforeAll, expect, test } from 'vitest';
import { request } from '../support/graphql-client.ts';
import { idsOf, readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { addVideos, gatherAudience } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';
import { type ExampleProcess, runExample } from './example-process.ts';

/** Every kind of client there is an example of; all go through the same accidents. */
const clients = ['websocket', 'graphql-ws', 'urql', 'apollo', 'event-source'] as const;
const patient = 60_000; // ms without any change

let world: World;
const examples = new Map<string, ExampleProcess>();

beforeAll(async () => {
  world = await createWorld();
  await addVideos(world.database, 4);
  const relay = world.spawn('relay');
  let api = world.spawn('api');
  await Promise.all([relay.waitForLog('lease.taken'), api.waitForLog('api.started')]);
  const { data } = await request(world.apiUrl, '{ head }');
  for (const name of clients) examples.set(name, runExample(name, world.apiUrl, data.head));

  const audience = gatherAudience(world.database, { paceMs: 40 });
  await everyClientGoesOn();
  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGKILL'] as const) {
    await api.kill(signal);
    api = world.spawn('api');
    await everyClientGoesOn();
  }
  await audience.stop();
});

afterAll(async () => {
  for (const example of examples.values()) await example[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

/** Settles once each client has received something that happened after the call. */
async function everyClientGoesOn(): Promise<void> {
  const known = new Set(idsOf(await readLog(world.database)));
  for (const [name, { events, said }] of examples) {
    await until(() => events.some(({ id }) => !known.has(id)), {
      timeoutMs: patient,
      message: () => `${name} goes on; it said:\n${said.slice(-10).join('\n')}`,
    });
  }
}

test.each(clients)('%s has every event once and in order, however often the api died', async (name) => {
  const { events, said } = examples.get(name)!;
  const log = await readLog(world.database);
  await until(() => events.at(-1)?.id === log.at(-1)!.id, {
    timeoutMs: patient,
    message: () => `${name} has the last event; it said:\n${said.slice(-10).join('\n')}`,
  });
  expect(idsOf(events)).toEqual(idsOf(log));
});
