/** Reconnect storms as `npm run bench -- resume` raises them, with fewer clients and events. */
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { activityOf, gatherAudience } from '../../bench/resume/audience.ts';
import { killApi, loseHistoryInRedis } from '../../bench/resume/outages.ts';
import { raiseStorm, type Storm, untilReceived } from '../../bench/resume/storm.ts';
import { judge, type Verdict } from '../../bench/resume/verdict.ts';
import { startStormWorld } from '../../bench/resume/world.ts';
import { readOutboxByUser, startWriter, writeToOutbox } from '../../bench/resume/writer.ts';

const size = 200;
const perSecond = 200;

describe('two hundred clients, each on its own user, who lose their sockets together three times while events go on', () => {
  let cut: Storm;
  let apiKilled: Storm;
  let trimmed: Storm;
  let verdict: Verdict;
  let written: number;
  let refusals: readonly string[];

  beforeAll(async () => {
    await using world = await startStormWorld();
    using audience = gatherAudience({ url: world.url, size, subscriptionOf: activityOf });
    const { users } = audience;
    await audience.connect();
    await using writer = startWriter({ users, perSecond, write: writeToOutbox(world.outbox) });
    const scene = { world, audience, writer };
    cut = await raiseStorm(scene, () => delay(500));
    apiKilled = await raiseStorm(scene, killApi);
    trimmed = await raiseStorm(scene, () => loseHistoryInRedis(world, writer));
    await writer.stop();
    await untilReceived(audience, () => writer.written);
    verdict = audience.judge(await readOutboxByUser(world.database.pool, users));
    ({ written } = writer);
    ({ refusals } = audience);
  }, 180_000);

  test('resume from their cursors: nothing is lost, doubled, reordered or refused', () => {
    expect(written).toBeGreaterThan(size);
    expect({ ...verdict, refusals }).toEqual({ lost: 0, doubled: 0, reordered: 0, refusals: [] });
  });

  test('ask PostgreSQL for no event that Redis holds, also of an api that has just been started', () => {
    for (const { apiStatements } of [cut, apiKilled]) {
      expect(apiStatements.filter(({ readsOutbox }) => readsOutbox)).toEqual([]);
    }
  });

  test('are not counted in what PostgreSQL is asked: whether the log is still the same is asked for all together', () => {
    const texts = cut.apiStatements.map(({ text }) => text);
    expect(texts.filter((text) => text !== 'FROM log')).toEqual([]);
    const calls = cut.apiStatements.reduce((sum, statement) => sum + statement.calls, 0);
    expect(calls).toBeLessThan(size / 4);
  });

  test('share what is read of their topic: it is not read again for each of them', () => {
    expect(cut.historyReads).toBeLessThan(size / 4);
    expect(apiKilled.historyReads).toBeLessThan(size / 4);
  });

  test('get from PostgreSQL what Redis has trimmed', () => {
    expect(trimmed.apiStatements.filter(({ readsOutbox }) => readsOutbox)).not.toEqual([]);
  });
});

test('an event that is lost, doubled or reordered does not go unseen', () => {
  const log = ['a', 'b', 'c', 'd'];
  expect(judge(log, ['a', 'b', 'c', 'd'])).toEqual({ lost: 0, doubled: 0, reordered: 0 });
  expect(judge(log, ['a', 'd'])).toEqual({ lost: 2, doubled: 0, reordered: 0 });
  expect(judge(log, ['a', 'b', 'b', 'c', 'a', 'd'])).toEqual({ lost: 0, doubled: 2, reordered: 0 });
  expect(judge(log, ['a', 'c', 'b', 'd'])).toEqual({ lost: 0, doubled: 0, reordered: 1 });
  expect(() => judge(log, ['e'])).toThrow('was not meant for the subscriber');
});
