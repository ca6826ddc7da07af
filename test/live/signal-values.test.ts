/** Which value of a signal a client is told, and when: its own, and when something that it has selected has changed. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { subscribe } from '../support/graphql-client.ts';
import { until } from '../support/until.ts';
import { addVideos } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
  await addVideos(world.database, 2);
  await world.spawn('api').waitForLog('api.started', { timeoutMs: 60_000 });
});
afterAll(() => world[Symbol.asyncDispose]());

const viewership =
  'subscription ($id: ID) { viewership(videoId: $id) { videoId concurrentViewers byQuality { quality viewers } } }';

const transports = [
  ['WebSocket', (query: string, variables: object) => subscribe(world.apiUrl, query, variables)],
  [
    'Server-Sent Events',
    (query: string, variables: object) => openEventStream(world.apiUrl, query, { variables }),
  ],
] as const;

describe.each(transports)('over %s', (_transport, open) => {
  test('who asks for the viewers of a video called "" first is told of these, and who asks for all of all', async () => {
    const sessionId = await watch('v0', 'HD');
    await using nameless = open(viewership, { id: '' });
    expect((await nameless.take(1))[0]!.data.viewership).toMatchObject({ videoId: '', concurrentViewers: 0 });
    for (const variables of [{}, { id: null }]) {
      await using all = open(viewership, variables);
      expect((await all.take(1))[0]!.data.viewership).toMatchObject({ videoId: null, concurrentViewers: 1 });
    }
    await using called = open(viewership, { id: 'null' });
    expect((await called.take(1))[0]!.data.viewership).toMatchObject({ concurrentViewers: 0 });
    await leave(sessionId);
  });

  test('a change of what a client has not selected is not told to it', async () => {
    const video = `video of ${_transport}`;
    const sessionId = await watch(video, 'HD');
    await using count = open('subscription ($id: ID) { viewership(videoId: $id) { concurrentViewers } }', {
      id: video,
    });
    await using whole = open(viewership, { id: video });
    await Promise.all([count.take(1), whole.take(1)]);
    for (const quality of ['SD', 'UHD', 'HD'] as const) {
      await world.database.prisma.viewer.update({ where: { sessionId }, data: { quality } });
      await until(() => whole.results.at(-1)?.data.viewership.byQuality[0].quality === quality);
    }
    const other = await watch(video, 'SD');
    await until(() => whole.results.at(-1)?.data.viewership.concurrentViewers === 2);
    await until(() => count.results.at(-1)?.data.viewership.concurrentViewers === 2);
    expect(count.results.map(({ data }) => data.viewership.concurrentViewers)).toEqual([1, 2]);
    for (const id of [sessionId, other]) await leave(id);
  });
});

/** A viewer, as the analytics service writes it. */
async function watch(videoId: string, quality: 'SD' | 'HD'): Promise<string> {
  const sessionId = randomUUID();
  await world.database.prisma.viewer.create({
    data: { sessionId, videoId, quality, lastSeenAt: new Date(Date.now() + 3_600_000) },
  });
  return sessionId;
}

async function leave(sessionId: string): Promise<void> {
  await world.database.prisma.viewer.delete({ where: { sessionId } });
}
