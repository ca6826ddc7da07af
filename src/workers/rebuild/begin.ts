/** What a rebuild stands on: the schema of its copies, and its place in the log as a consumer of its own. */
import type { PrismaClient } from '../../generated/prisma/client.ts';
import type { Tx } from '../../outbox/transaction.ts';
import { quote } from '../../platform/schemas.ts';
import { assertSame, copyTables } from './copy-tables.ts';
import { startHistory } from './history-place.ts';
import { consumerOf, type Places } from './names.ts';
import { enter } from './redirect.ts';
import type { ProjectionReaction } from './refuse.ts';
import { RebuildRefusedError } from './refused.ts';
import { copyShared } from './shared-tables.ts';

export interface Begin {
  readonly reaction: ProjectionReaction;
  readonly places: Places;
  /** Where the rebuild begins to read the log */
  readonly start: number;
  /** Throws away what an earlier run has built */
  readonly restart: boolean;
  /** Called before anything is made; throws when the log does not reach back to the start */
  readonly assertReach: () => void;
}

/**
 * Makes the copies, or finds those of an earlier run; gives which. From then on retention waits for the rebuild. Throws
 * RebuildRefusedError when tables cannot be copied, have changed since, or retention was quicker.
 */
export function begin(
  prisma: PrismaClient,
  { reaction, places, start, restart, assertReach }: Begin,
): Promise<'new' | 'goes on'> {
  const { name, tables, slots = 1 } = reaction;
  return prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SET LOCAL lock_timeout = '5s'`; // foreign keys lock what they refer to
    if (!restart && (await isBegun(tx, places, name))) {
      await enter(tx, places);
      await assertSame(tx, places, tables, 'has changed since the rebuild began; begin again with --restart');
      return 'goes on';
    }
    assertReach();
    await remove(tx, places, name);
    await register(tx, name, slots, start);
    await tx.$executeRawUnsafe(`CREATE SCHEMA ${quote(places.copies)}`);
    await copyTables(tx, places, tables);
    await copyShared(tx, places);
    if (reaction.rebuildFrom === 'history') await startHistory(tx, places.copies, start);
    return 'new';
  });
}

/** Throws away what was built: nothing is left of the rebuild. */
export async function remove(tx: Tx, places: Places, processor: string): Promise<void> {
  const platform = quote(places.platform);
  const name = consumerOf(processor);
  await tx.$executeRawUnsafe(`DELETE FROM ${platform}.processor_checkpoint WHERE processor = $1`, name);
  await tx.$executeRawUnsafe(`DELETE FROM ${platform}.consumer WHERE name = $1`, name);
  await tx.$executeRawUnsafe(`DROP SCHEMA IF EXISTS ${quote(places.copies)} CASCADE`);
}

async function isBegun(tx: Tx, places: Places, processor: string): Promise<boolean> {
  const rows = await tx.$queryRaw<object[]>`
    SELECT FROM consumer WHERE name = ${consumerOf(processor)} AND to_regnamespace(${quote(places.copies)}) IS NOT NULL`;
  return rows.length > 0;
}

/** It has no types: to `eventFlow` it is nobody, to retention it is a processor that is at its checkpoints. */
async function register(tx: Tx, processor: string, slots: number, start: number): Promise<void> {
  // as with any new consumer: the lock makes retention and this one see each other
  const count = await tx.$executeRaw`
    WITH log AS (SELECT floor FROM log FOR SHARE)
    INSERT INTO consumer (name, kind, types, topics, start_position, enqueued_position)
    SELECT ${consumerOf(processor)}, 'PROCESSOR', '{}', '{}', ${start}::bigint, ${start}::bigint
      FROM log WHERE floor <= ${start}::bigint`;
  if (count === 0) throw new RebuildRefusedError('retention has just dropped what the rebuild begins with');
  await tx.$executeRaw`
    INSERT INTO processor_checkpoint (processor, slot, position)
    SELECT ${consumerOf(processor)}, slot, ${start}::bigint FROM generate_series(0, ${slots}::int - 1) AS slot`;
}
