import { expect, test } from 'vitest';
import { upsertVideos } from '../../src/domains/streaming/catalogue.ts';
import { readLogRow, startNewEpoch } from '../../src/outbox/log-row.ts';
import { request, subscribe } from '../support/graphql-client.ts';
import { until } from '../support/until.ts';
import { createWorld } from '../support/world.ts';

const start = 'mutation { startWatching(userId: "ada", videoId: "1") { id } }';
const query = 'subscription { watchActivity(userId: "ada") { type cursor } }';

test('when the log is replaced, open subscriptions end with CURSOR_INVALID and new ones follow the new log', async () => {
  await using world = await createWorld();
  const { pool, prisma } = world.database;
  await upsertVideos(prisma, [{ id: '1', title: 'Metropolis', year: 1927, genres: [] }]);
  const [api, relay] = [world.spawn('api'), world.spawn('relay')];
  await Promise.all([api.waitForLog('api.started'), relay.waitForLog('relay.incarnation')]);
  await using before = subscribe(world.apiUrl, query);
  await until(() => before.progress.length > 0);
  await request(world.apiUrl, start);
  const [first] = await before.take(1);

  await relay.stop();
  await startNewEpoch(pool, (await readLogRow(pool)).epoch);
  await world.spawn('relay').waitForLog('relay.incarnation');

  const [, last] = await before.take(2);
  expect(last!.errors?.[0]?.extensions.code).toBe('CURSOR_INVALID');
  await until(() => before.ended);
  await using old = subscribe(
    world.apiUrl,
    query.replace('"ada"', `"ada", after: "${first!.extensions.cursor}"`),
  );
  expect((await old.take(1))[0]!.errors?.[0]?.extensions.code).toBe('CURSOR_INVALID');

  await using anew = subscribe(world.apiUrl, query);
  await until(() => anew.progress.length > 0);
  await request(world.apiUrl, start);
  expect((await anew.take(1))[0]!.data.watchActivity.type).toBe('video.watch_started');
});
