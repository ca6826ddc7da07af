/** A Redis user that lacks the channels of signals: values come by being read, and the api goes on. */
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { signalChannel } from '../../src/live/signal-channel.ts';
import { openEventStream } from '../support/event-stream.ts';
import { request, subscribe } from '../support/graphql-client.ts';
import type { RoleProcess } from '../support/role-process.ts';
import { until } from '../support/until.ts';
import { addVideos } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';

const readAgainMs = 5_000; // a value whose changes are not heard
const query = 'subscription ($first: Int) { leaderboard(first: $first) { starts } }';

vi.setConfig({ testTimeout: 180_000 }); // processes start slowly beside others

let world: World;
let admin: Redis;

beforeAll(async () => {
  world = await createWorld();
  await addVideos(world.database, 1);
  admin = new Redis(world.redis.url);
});
afterAll(async () => {
  admin?.disconnect();
  await world[Symbol.asyncDispose]();
});

test('that lacks them from the beginning', async () => {
  await using api = await startApi('mute', 'resetchannels');
  await using socket = subscribe(api.url, query, { first: 1 });
  await using same = subscribe(api.url, query, { first: 2 }); // the same channel, another value
  await using stream = openEventStream(api.url, query, { variables: { first: 3 } });
  const all = [socket, same, stream];
  await Promise.all(all.map((subscription) => subscription.take(1, 50_000)));
  await setStarts(10);
  for (const { results } of all) {
    await until(() => results.at(-1)?.data.leaderboard[0]?.starts === 10, { timeoutMs: readAgainMs * 4 });
  }
  await expectAlive(api);
  expect(api.role.logs.filter(({ msg }) => msg === 'signal.not_heard')).toHaveLength(1);
});

test('that loses them while they are listened to, and gets them back', async () => {
  await using api = await startApi('losing', 'allchannels');
  await using subscription = subscribe(api.url, query, { first: 1 });
  await subscription.take(1);
  const channel = signalChannel('aorta', 'leaderboard');
  const listeners = async () => ((await admin.call('PUBSUB', 'NUMSUB', channel)) as [string, number])[1];
  await until(async () => (await listeners()) === 1);

  await admin.call('ACL', 'SETUSER', 'losing', 'resetchannels'); // which cuts the connection too
  await api.role.waitForLog('signal.not_heard', { timeoutMs: 30_000 });
  await setStarts(20);
  await until(() => subscription.results.at(-1)?.data.leaderboard[0]?.starts === 20, {
    timeoutMs: readAgainMs * 4,
  });
  await expectAlive(api);

  await admin.call('ACL', 'SETUSER', 'losing', 'allchannels');
  await admin.call('CLIENT', 'KILL', 'USER', 'losing');
  await until(async () => (await listeners()) === 1);
  await subscription.close();
  await until(async () => (await listeners()) === 0);
  await expectAlive(api);
});

interface Api extends AsyncDisposable {
  readonly role: RoleProcess;
  readonly url: string;
}

/** An api that comes to Redis as a user with these rights to channels. */
async function startApi(user: string, channels: string): Promise<Api> {
  await admin.call('ACL', 'SETUSER', user, 'on', '>secret', '~*', '+@all', channels);
  const redisUrl = world.redis.url.replace('//', `//${user}:secret@`);
  const role = world.spawn('api', { env: { PORT: '0', REDIS_URL: redisUrl } });
  const { port } = await role.waitForLog('api.started', { timeoutMs: 60_000 });
  return { role, url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => role[Symbol.asyncDispose]() };
}

async function expectAlive({ url, role }: Api): Promise<void> {
  const answer = request(url, '{ __typename }').then(({ data }) => data.__typename);
  expect(await Promise.any([answer, role.exited]), 'the answer of an api that runs').toBe('Query');
}

/** A change that nobody is told of. */
async function setStarts(starts: number): Promise<void> {
  await world.database.prisma.ranking.upsert({
    where: { videoId: 'v0' },
    create: { videoId: 'v0', starts },
    update: { starts },
  });
}
