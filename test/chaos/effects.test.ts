import { afterAll, beforeAll, expect, test } from 'vitest';
import { findWrongEffects } from '../../chaos/effects.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { addVideos, createViewers } from '../support/viewers.ts';

let owned: TestDatabase;
beforeAll(async () => {
  owned = await createTestDatabase();
  await addVideos(owned.database, 1);
  await createViewers(owned.database).start({ userId: 'u0', videoId: 'v0' });
});
afterAll(() => owned.drop());

const wrongOf = async (service: string) =>
  (await findWrongEffects(owned.database.pool)).filter((wrong) => wrong.service === service);

test('an effect that never happened is told, and one that happened twice, and one that happened once is not', async () => {
  const { pool } = owned.database;
  const wrong = { service: 'rankings', what: 'starts of video v0', expected: '1', eventId: null };
  expect(await wrongOf('rankings')).toEqual([{ ...wrong, actual: null }]);
  await pool.query("INSERT INTO ranking VALUES ('v0', 1)");
  expect(await wrongOf('rankings')).toEqual([]);
  await pool.query('UPDATE ranking SET starts = 2');
  expect(await wrongOf('rankings')).toEqual([{ ...wrong, actual: '2' }]);
});

test('an event that a consumer has not handled is told with its id', async () => {
  const { pool } = owned.database;
  await pool.query(
    `INSERT INTO consumer (name, kind, types, topics, start_position, enqueued_position)
     VALUES ('badges', 'QUEUE', '{video.watch_started}', '{video}', 0, 0)`,
  );
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM outbox');
  expect(await wrongOf('badges')).toContainEqual({
    service: 'badges',
    what: 'handled video.watch_started',
    expected: '1',
    actual: '0',
    eventId: rows[0]!.id,
  });
});
