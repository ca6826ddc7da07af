/** What must hold after any accident, read from Postgres: every event handled once by every consumer, effects included. */
import { expect } from 'vitest';
import type { Database } from '../../src/platform/postgres.ts';
import { type GraphQLAnswer, type Subscription, subscribe } from '../support/graphql-client.ts';
import { idsOf, readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { addVideos, gatherAudience } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';

export const patient = 60_000; // ms; how long a recovery may take on a busy machine

/** A world with four videos, in which `friend` is a friend of the users u0 to u3 and so is told what they watch. */
export async function createRecoveryWorld(options: Parameters<typeof createWorld>[0] = {}): Promise<World> {
  const world = await createWorld(options);
  await fill(world.database);
  return world;
}

export async function fill(database: Database): Promise<void> {
  await addVideos(database, 4);
  await database.prisma.friendship.createMany({
    data: [0, 1, 2, 3].map((user) => ({ userId: `u${user}`, friendId: 'friend' })),
  });
}

/** For workers: the jobs of one that was killed run again after a second. */
export const quickToGiveUp = { WORKER_LOCK_MS: '1000' };

/** Starts one process of each role, and waits until they run. */
export async function startAll(world: World, env: Readonly<Record<string, string>> = {}) {
  const api = world.spawn('api', { env });
  const relay = world.spawn('relay', { env });
  const worker = world.spawn('worker', { env: { ...quickToGiveUp, ...env } });
  await Promise.all([
    api.waitForLog('api.started'),
    relay.waitForLog('lease.taken'),
    worker.waitForLog('worker.started'),
  ]);
  return { api, relay, worker };
}

/** Follows the whole log; settled once the subscription stands. */
export async function followLog(apiUrl: string): Promise<Subscription> {
  const subscription = subscribe(apiUrl, 'subscription { events { id type cursor } }');
  await until(() => subscription.progress.length > 0, { message: 'the subscription stands' });
  return subscription;
}

export const receivedIds = (results: readonly GraphQLAnswer[]) => results.map(({ data }) => data.events.id);

/** Waits until no reaction is outstanding, then claims that the subscriber got the log: all of it, once, in order. */
export async function expectWholeLog({ database }: World, subscription: Subscription): Promise<void> {
  await untilAllHandled(database);
  const log = await readLog(database);
  await subscription.take(log.length, patient);
  expect(receivedIds(subscription.results)).toEqual(idsOf(log));
}

/** Waits until every consumer has handled every event, follow-ups included. */
export async function untilAllHandled({ pool }: Database): Promise<void> {
  let outstanding: unknown[] = [];
  await until(
    async () => {
      outstanding = (await pool.query(unhandled)).rows;
      return outstanding.length === 0;
    },
    {
      timeoutMs: patient,
      message: () => `every event is handled; outstanding: ${JSON.stringify(outstanding)}`,
    },
  );
}

// one statement is one snapshot: follow-up events appear in the same moment as the inbox row of their cause
const unhandled = `
  SELECT consumer.name, count(*), min(outbox.position) AS first
    FROM consumer
    JOIN outbox ON outbox.type = ANY(consumer.types)
   WHERE CASE consumer.kind
           WHEN 'QUEUE' THEN NOT EXISTS (SELECT FROM inbox WHERE consumer = consumer.name AND event_id = outbox.id)
           ELSE outbox.position > (SELECT min(position) FROM processor_checkpoint WHERE processor = consumer.name)
         END
   GROUP BY consumer.name`;

/** Claims that what the services keep is what each event comes to once. All six must have handled everything. */
export async function expectEffectsOnce({ pool }: Database): Promise<void> {
  const rows = async (sql: string) => (await pool.query(sql)).rows;
  const startsBy = (field: string) => `
    SELECT payload->>'${field}' AS id, count(*) AS starts
      FROM outbox WHERE type = 'video.watch_started' GROUP BY 1 ORDER BY 1`;

  expect(await rows('SELECT consumer, error FROM dead_letter')).toEqual([]);
  expect(await rows('SELECT user_id AS id, watches AS starts FROM badge_progress ORDER BY 1')).toEqual(
    await rows(startsBy('userId')),
  );
  expect(await rows('SELECT video_id AS id, starts FROM ranking ORDER BY 1')).toEqual(
    await rows(startsBy('videoId')),
  );
  // rows and the events that tell of them are written together: a pair that was split would show here
  for (const [table, type, key] of [
    ['badge', 'badge.awarded', "user_id || ':' || name"],
    ['notification', 'notification.sent', 'id::text'],
  ]) {
    expect(await rows(`SELECT ${key} AS id FROM ${table} ORDER BY 1`)).toEqual(
      await rows(`SELECT aggregate_id AS id FROM outbox WHERE type = '${type}' ORDER BY 1`),
    );
  }
  // scores fade so slowly that they are still the number of events
  expect(
    await rows(
      "SELECT user_id AS id, round(score) AS starts FROM preference_genre WHERE genre = 'Drama' ORDER BY 1",
    ),
  ).toEqual(await rows(startsBy('userId').replace('count(*)', 'count(*)::float8')));
  expect(
    await rows('SELECT user_id, round(sum(score)) AS n FROM preference_quality GROUP BY 1 ORDER BY 1'),
  ).toEqual(
    await rows(`SELECT payload->>'userId' AS user_id, count(*)::float8 AS n FROM outbox
                 WHERE type IN ('video.watch_started', 'video.quality_changed') GROUP BY 1 ORDER BY 1`),
  );
  expect(await rows('SELECT session_id::text AS id FROM analytics_viewer ORDER BY 1')).toEqual(
    await rows(`SELECT aggregate_id AS id FROM outbox WHERE aggregate_type = 'session'
                 GROUP BY 1 HAVING every(type <> 'video.watch_stopped') ORDER BY 1`),
  );
  expect(await rows('SELECT video_id, viewers FROM recommendation_video ORDER BY 1')).toEqual(
    await rows(`SELECT payload->>'videoId' AS video_id, count(DISTINCT payload->>'userId')::int AS viewers
                  FROM outbox WHERE type = 'video.watch_started' GROUP BY 1 ORDER BY 1`),
  );
  expect(await rows('SELECT user_id AS id, version FROM recommendation_list ORDER BY 1')).toEqual(
    await rows(`SELECT aggregate_id AS id, count(*)::int AS version FROM outbox
                 WHERE type = 'recommendation.updated' GROUP BY 1 ORDER BY 1`),
  );
  // one per friend and start, one per new list
  expect(
    await rows(`SELECT causation_id, count(*) FROM outbox WHERE type = 'notification.sent'
                 GROUP BY 1 HAVING count(*) <> 1`),
  ).toEqual([]);
  const [sent] = await rows(`SELECT count(*) FROM notification WHERE user_id = 'friend'`);
  const [friendStarts] = await rows(`
    SELECT count(*) FROM outbox JOIN friendship ON user_id = payload->>'userId' WHERE type = 'video.watch_started'`);
  expect(sent).toEqual(friendStarts);
  expect(
    await rows(`
      SELECT name, sum(handled)::int AS handled FROM consumer JOIN processor_checkpoint ON processor = name
       GROUP BY name ORDER BY name`),
  ).toEqual(
    await rows(`
      SELECT name, count(outbox.id)::int AS handled FROM consumer LEFT JOIN outbox ON type = ANY(types)
       WHERE kind = 'PROCESSOR' GROUP BY name ORDER BY name`),
  );
}

/** All roles on these settings do the main job: what an audience does reaches a subscriber and has its effects. */
export async function expectRolesToWork(world: World, env: Readonly<Record<string, string>>): Promise<void> {
  await startAll(world, env);
  await using subscription = await followLog(world.apiUrl);
  await using audience = gatherAudience(world.database);
  await subscription.take(100, patient);
  await audience.stop();
  await expectWholeLog(world, subscription);
  await expectEffectsOnce(world.database);
}
