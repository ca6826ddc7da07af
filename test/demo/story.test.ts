import { expect, test } from 'vitest';
import { simulate } from '../../demo/simulate.ts';
import { befriend } from '../../demo/story.ts';
import { builtInCatalogue as videos } from '../../src/domains/streaming/catalogue.ts';

test('simulated viewers do the same for the same seed, and other things for another', () => {
  const viewings = simulate({ videos, seed: 7, count: 100 });
  expect(simulate({ videos, seed: 7, count: 100 })).toEqual(viewings);
  expect(simulate({ videos, seed: 8, count: 100 })).not.toEqual(viewings);
});

test('every simulated viewing is of a video that exists, and ends with its stop', () => {
  const viewings = simulate({ videos, seed: 1, count: 300 });
  expect(viewings).toHaveLength(300);
  for (const { videoId, steps } of viewings) {
    expect(videos.map(({ id }) => id)).toContain(videoId);
    expect(steps.map(({ action }) => action).indexOf('stop')).toBe(steps.length - 1);
  }
});

test('everybody has two friends other than themselves, where there are that many', () => {
  const users = ['a', 'b', 'c', 'd', 'e'];
  const friendships = befriend(users);
  for (const user of users) {
    const friends = friendships.filter(({ userId }) => userId === user).map(({ friendId }) => friendId);
    expect(new Set(friends).size).toBe(2);
    expect(friends).not.toContain(user);
  }
  expect(befriend(['alone'])).toEqual([]);
});
