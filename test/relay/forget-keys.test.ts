import { expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { createWorld } from '../support/world.ts';

test('the relay lets go of idempotency keys that are past their days, and of no others', async () => {
  await using world = await createWorld();
  const { pool } = world.database;
  await pool.query(`
    INSERT INTO idempotency_key (operation, key, arguments, answer, created_at)
    SELECT 'deposit', days || ' days', '{}', '{}', now() - make_interval(days => days)
      FROM unnest(ARRAY[0, 1, 2, 40]) AS days`);
  const kept = async () => {
    const { rows } = await pool.query<{ key: string }>(
      'SELECT key FROM idempotency_key ORDER BY created_at DESC',
    );
    return rows.map(({ key }) => key);
  };
  const relay = world.spawn('relay', { env: { IDEMPOTENCY_DAYS: 'forever' } });
  await relay.waitForLog('lease.taken');
  await relay.stop();
  expect(await kept()).toHaveLength(4);

  world.spawn('relay', { env: { IDEMPOTENCY_DAYS: '1.5' } });
  await until(async () => (await kept()).length < 4);
  expect(await kept()).toEqual(['0 days', '1 days']);
});
