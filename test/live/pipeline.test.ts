import { expect, test } from 'vitest';
import { upsertVideos } from '../../src/domains/streaming/catalogue.ts';
import { request, subscribe } from '../support/graphql-client.ts';
import { until } from '../support/until.ts';
import { createWorld } from '../support/world.ts';

const start = `mutation ($userId: ID!) { startWatching(userId: $userId, videoId: "1") { id video { title } } }`;

test('a mutation reaches a subscriber and every service', async () => {
  await using world = await createWorld();
  const { prisma } = world.database;
  await upsertVideos(prisma, [{ id: '1', title: 'Metropolis', year: 1927, genres: ['Sci-Fi', 'Drama'] }]);
  await prisma.friendship.create({ data: { userId: 'ada', friendId: 'bob' } });
  const [api] = [world.spawn('api'), world.spawn('relay'), world.spawn('worker')];
  await api.waitForLog('api.started');

  await using activity = subscribe(
    world.apiUrl,
    'subscription { watchActivity(userId: "ada") { __typename cursor ... on WatchStarted { videoId } } }',
  );
  await using notifications = subscribe(
    world.apiUrl,
    'subscription { notifications(userId: "bob") { message userId } }',
  );
  await until(() => activity.progress.length > 0 && notifications.progress.length > 0);
  const answer = await request(world.apiUrl, start, { userId: 'ada' });
  expect(answer.errors).toBeUndefined();

  const [received] = await activity.take(1);
  expect(received!.data.watchActivity).toMatchObject({ __typename: 'WatchStarted', videoId: '1' });
  expect(received!.extensions.cursor).toBe(received!.data.watchActivity.cursor);
  const [notified] = await notifications.take(1);
  expect(notified!.data.notifications).toMatchObject({
    userId: 'bob',
    message: expect.stringContaining('Metropolis'),
  });

  const state = () =>
    request(
      world.apiUrl,
      `{ badges(userId: "ada") { name } leaderboard { starts } viewership { concurrentViewers }
         preferences(userId: "ada") { preferredQuality favouriteGenres { genre } } }`,
    );
  await until(async () => {
    const { data } = await state();
    return (
      data.badges[0]?.name === 'first-watch' &&
      data.leaderboard[0]?.starts === 1 &&
      data.viewership.concurrentViewers === 1 &&
      data.preferences.favouriteGenres.length === 2
    );
  });
});
