import { expect, test } from 'vitest';
import { requestCause } from '../../src/events/envelope.ts';
import { readLogRow } from '../../src/outbox/log-row.ts';
import { readOutbox } from '../../src/outbox/read-outbox.ts';
import { createOutbox } from '../../src/outbox/transaction.ts';
import { type CheckpointMove, moveCheckpoint, StaleReadError } from '../../src/workers/checkpoint.ts';
import { insert } from '../outbox/support.ts';
import { createTestDatabase } from '../support/database.ts';

/** A slot at position 0 of a log of three events, which is published to 3, and 5 positions given out. */
async function openSlot() {
  const own = await createTestDatabase();
  const { pool, prisma } = own.database;
  await pool.query(insert('a', 1, 2, 3));
  await pool.query("UPDATE sink SET position = 3 WHERE name = 'streams'");
  await pool.query("INSERT INTO processor_checkpoint (processor, slot, position) VALUES ('totals', 0, 0)");
  const events = await readOutbox(pool, { after: 0, upTo: 3, limit: 10 });
  const { epoch } = await readLogRow(pool);
  const outbox = createOutbox({ prisma, pool, nudge: () => {} });
  const move = (change: Partial<CheckpointMove>) =>
    outbox.transaction(requestCause('test'), (tx) =>
      moveCheckpoint(tx, 'totals', 0, { from: 0, to: 3, epoch, events, handled: events.length, ...change }),
    );
  const position = async () =>
    (await pool.query('SELECT position FROM processor_checkpoint')).rows[0].position;
  return { ...own, pool, events, move, position };
}

test('a checkpoint moves to where its reader came, once', async () => {
  await using slot = await openSlot();
  await slot.move({});
  expect(await slot.position()).toBe(3);
  await expect(slot.move({}), 'another reader was there first').rejects.toThrow(StaleReadError);
});

test.each([1, 2, 3])(
  'it does not move over an event that Postgres has lost, such as the one at %i',
  async (lost) => {
    await using slot = await openSlot();
    await slot.pool.query('DELETE FROM outbox WHERE position = $1', [lost]);
    await expect(slot.move({})).rejects.toThrow(StaleReadError);
    expect(await slot.position()).toBe(0);
  },
);

test('nor over one whose position another event has taken', async () => {
  await using slot = await openSlot();
  await slot.pool.query('UPDATE outbox SET id = gen_random_uuid() WHERE position = 2');
  await expect(slot.move({})).rejects.toThrow(StaleReadError);
});

test('nor by what was read of another log', async () => {
  await using slot = await openSlot();
  await slot.pool.query("UPDATE log SET epoch = 'another'");
  await expect(slot.move({ events: [], handled: 0 })).rejects.toThrow(StaleReadError);
});

test('over events of others it moves as far as Postgres knows the log to be published', async () => {
  await using slot = await openSlot();
  await slot.move({ events: [], handled: 0, to: 5 });
  expect(await slot.position()).toBe(3);
});
