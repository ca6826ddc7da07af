import { expect, test } from 'vitest';
import { startPostgres } from '../../dev/postgres.ts';
import { applyMigrations } from '../../src/platform/migrations/apply.ts';
import { openDatabase } from '../../src/platform/postgres.ts';
import { insert } from '../outbox/support.ts';
import { until } from '../support/until.ts';
import { createRelayWorld, logged, placesOf } from './support.ts';

const loggedAhead = 33; // Postgres writes a sequence to its log at the first value, and then 33 values later

test('a position that was rolled back is not passed while a crash of Postgres could give it out again', async () => {
  await using postgres = await startPostgres({ fast: true, settings: ['wal_writer_delay=10s'] });
  const makeDatabase = async () => {
    const url = postgres.url();
    await applyMigrations(url);
    const database = openDatabase({ url, application: 'test' });
    return { url, database, [Symbol.asyncDispose]: database.stop };
  };
  await using world = await createRelayWorld(makeDatabase);
  await using _sink = world.startStreams();
  await using reader = await world.startReader();
  for (let version = 1; version <= loggedAhead; version++) await world.pool.query(insert('a', version));
  await until(() => reader.position === loggedAhead);

  const client = await world.pool.connect();
  await client.query('BEGIN');
  await client.query(insert('rolled back', 1));
  await client.query('ROLLBACK');
  client.release();
  await until(() => reader.position === loggedAhead + 1, { message: 'the gap is passed' });
  await postgres.crashAndRestart();

  await until(() => world.pool.query(insert('after the crash', 1)));
  await until(() => reader.events.length === loggedAhead + 1, {
    message: 'the event after the crash is read',
  });
  expect(placesOf(reader.events)).toEqual(placesOf(await logged(world.pool)));
});
