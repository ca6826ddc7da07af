/** PostgreSQL has no room for more events: mutations are refused whole, and all goes on when there is room again. */
import { expect, test } from 'vitest';
import { fillDisk } from '../support/full-disk.ts';
import { request } from '../support/graphql-client.ts';
import { openAdmin } from '../support/published.ts';
import { expectPublished, openPublishing, start, untilPublished } from '../support/publishing.ts';
import { readyz } from '../support/role-health.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';

const nextPartition = 1_000_000; // its first position

test('mutations are refused whole and can be tried again, and the relay goes on, when the disk of Postgres was full', async () => {
  await using world = await createWorld();
  await using admin = openAdmin(world.redis.url);
  const { pool } = world.database;
  const { watch, health } = await openPublishing(world, world.redis.url);
  await watch(3);
  await untilPublished(world);
  const partition = `outbox_p${nextPartition}`;
  await until(async () => (await pool.query('SELECT to_regclass($1) AS made', [partition])).rows[0].made);
  await pool.query("SELECT setval('outbox_position_seq', $1)", [nextPartition - 1]);

  const disk = await fillDisk(pool, partition);
  const before = await countRows(world);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const { data, errors } = await request(world.apiUrl, start);
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE', retryable: true } }]);
  }
  expect(await countRows(world), 'nothing is half done').toEqual(before);
  expect((await readyz(health)).ready, 'the relay has nothing that it cannot do').toBe(true);

  await disk.makeRoom();
  await watch(5);
  await untilPublished(world);
  await expectPublished(world, admin);
  expect(await countRows(world)).toEqual({ sessions: before.sessions + 5, events: before.events + 5 });
});

async function countRows({ database: { pool } }: World): Promise<{ sessions: number; events: number }> {
  const { rows } = await pool.query(
    'SELECT (SELECT count(*) FROM watch_session) AS sessions, (SELECT count(*) FROM outbox) AS events',
  );
  return rows[0];
}
