/** PostgreSQL comes back from a backup while everything else stands: what Redis and clients know of is lost there. */
import { expect, test } from 'vitest';
import { encodeCursor } from '../../src/live/cursor.ts';
import { readLogRow } from '../../src/outbox/log-row.ts';
import { request, subscribe } from '../support/graphql-client.ts';
import { idsOf, type LoggedEvent, readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { createViewers } from '../support/viewers.ts';
import type { World } from '../support/world.ts';
import { createOwnPostgresWorld, type OwnPostgresWorld } from './own-postgres.ts';
import { expectEffectsOnce, followLog, patient, receivedIds, startAll, untilAllHandled } from './support.ts';

const query = 'subscription ($after: Cursor) { events(after: $after) { id cursor } }';

test('a few lost commits are noticed although PostgreSQL gives out no position of theirs again', async () => {
  await using world = await createOwnPostgresWorld();
  const [api, relay] = [world.spawn('api'), world.spawn('relay')];
  await Promise.all([api.waitForLog('api.started'), relay.waitForLog('lease.taken')]);
  await using before = await followLog(world.apiUrl);
  await watch(world, 5);
  await before.take(5);
  await world.postgres.backUp();
  const lost = await loseAfterwards(world, 5);
  await before.take(lost.log.length, patient);

  await world.postgres.restore();
  await watch(world, 3);
  const [first] = await eventsSince(world, lost);
  expect(first!.position, 'the sequence is ahead of the log').toBeGreaterThan(lost.log.at(-1)!.position);
  await expectNewLog(world, before, lost);
});

test('a PostgreSQL that has passed the log before a relay looks is not taken for the one that wrote it, and no effect of lost events is left in it', async () => {
  await using world = await createOwnPostgresWorld();
  const { relay, worker } = await startAll(world);
  await using before = await followLog(world.apiUrl);
  await watch(world, 2);
  await untilAllHandled(world.database);
  await world.database.pool.query('CHECKPOINT'); // it will come back to the very position
  await world.postgres.backUp();
  await worker.stop();
  const lost = await loseAfterwards(world, 2);
  await before.take(lost.log.length, patient);
  await untilAllEnqueued(world.database);
  await relay.kill();

  await world.postgres.restore();
  // it finds jobs of lost events in the queues, and lost events in the log
  world.spawn('worker');
  await watch(world, 20);
  const taken = new Set((await eventsSince(world, lost)).map(({ position }) => position));
  expect(taken, 'other events have the positions').toContain(lost.log.at(-1)!.position);
  world.spawn('relay');
  await expectNewLog(world, before, lost);
  await expectEffectsOnce(world.database);
  const { rows } = await world.database.pool.query(
    'SELECT consumer, event_id FROM inbox WHERE NOT EXISTS (SELECT FROM outbox WHERE id = event_id)',
  );
  expect(rows, 'no lost event was handled here').toEqual([]);
});

/** What was in the log when it was lost, and in the backup. */
interface Lost {
  readonly epoch: string;
  readonly log: readonly LoggedEvent[];
  readonly kept: readonly LoggedEvent[];
}

/** Lets events happen that are not in the backup. */
async function loseAfterwards(world: World, starts: number): Promise<Lost> {
  const { epoch } = await until(() => readLogRow(world.database.pool));
  const kept = await readLog(world.database);
  await watch(world, starts);
  const log = await readLog(world.database);
  expect(log.length - kept.length, 'as many as PostgreSQL logs of a sequence ahead').toBeLessThan(32);
  return { epoch, log, kept };
}

async function untilAllEnqueued({ pool }: World['database']): Promise<void> {
  const behind = `SELECT FROM consumer WHERE kind = 'QUEUE' AND enqueued_position < (SELECT max(position) FROM outbox)`;
  await until(async () => (await pool.query(behind)).rowCount === 0, { timeoutMs: patient });
}

/** Lets viewers start to watch, each as soon as PostgreSQL answers. */
async function watch(world: World, starts: number): Promise<void> {
  const viewers = createViewers(world.database);
  for (let count = 0; count < starts; count += 1) {
    await until(() => viewers.start({ userId: `u${count % 4}`, videoId: `v${count % 3}` }), {
      timeoutMs: patient,
    });
  }
}

const eventsSince = async (world: World, { kept }: Lost) =>
  (await readLog(world.database)).slice(kept.length);

/** Claims that the old log has ended for those who followed it, and that the new one is what PostgreSQL holds. */
async function expectNewLog(
  world: OwnPostgresWorld,
  before: ReturnType<typeof subscribe>,
  lost: Lost,
): Promise<void> {
  const { pool } = world.database;
  const epoch = await until(async () => {
    const now = await readLogRow(pool);
    return now.epoch !== lost.epoch && now.epoch;
  });
  await until(() => before.ended, { timeoutMs: patient, message: 'the old subscription has ended' });
  const refusal = before.results.at(-1)!;
  expect(refusal.errors?.[0]?.extensions.code).toBe('CURSOR_INVALID');
  const received = before.results.slice(0, -1);
  expect(receivedIds(received), 'it got the log that was lost, and nothing of another').toEqual(
    idsOf(lost.log),
  );
  const cursor = received.at(-1)!.data.events.cursor;
  await using refused = subscribe(world.apiUrl, query, { after: cursor });
  expect((await refused.take(1))[0]!.errors?.[0]?.extensions.code).toBe('CURSOR_INVALID');

  // as a client does then: it reads the state, and follows from there
  const { data } = await request(world.apiUrl, '{ head }');
  const head = await readLog(world.database);
  await using after = subscribe(world.apiUrl, query, { after: data.head });
  await using whole = subscribe(world.apiUrl, query, { after: encodeCursor(epoch, 0) });
  await watch(world, 3);
  await untilAllHandled(world.database);
  const log = await readLog(world.database);
  await whole.take(log.length, patient);
  expect(receivedIds(whole.results)).toEqual(idsOf(log));
  const since = idsOf(log.slice(head.length));
  await until(() => receivedIds(after.results).includes(since.at(-1)), { message: 'it follows the new log' });
  expect(receivedIds(after.results).slice(-since.length)).toEqual(since);
}
