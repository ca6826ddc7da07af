/**
 * Tables in which several processors have rows. A rebuild has copies of its own; at the switch, its rows take the place
 * of those that the processor has.
 */
import type { Tx } from '../../outbox/transaction.ts';
import { quote } from '../../platform/schemas.ts';
import type { Places } from './names.ts';

/** Those whose rows of a processor are part of its projection: open windows, and how far their time has come. */
const kept = ['processor_window', 'processor_watermark'];

/** Beside them, the dead letters as they stand for the rebuild; the live ones stay as they are. */
export const deadLetters = (schema: string) => `${quote(schema)}.dead_letter`;

/** Makes the copies, without a row. */
export async function copyShared(tx: Tx, { copies, platform }: Places): Promise<void> {
  for (const table of [...kept, 'dead_letter']) {
    await tx.$executeRawUnsafe(
      `CREATE TABLE ${quote(copies)}.${table} (LIKE ${quote(platform)}.${table} INCLUDING ALL)`,
    );
  }
}

/** Puts the rows of the rebuild in the place of the live ones. */
export async function replaceShared(tx: Tx, { copies, platform }: Places, processor: string): Promise<void> {
  for (const table of kept) {
    await tx.$executeRawUnsafe(`DELETE FROM ${quote(platform)}.${table} WHERE processor = $1`, processor);
    await tx.$executeRawUnsafe(
      `INSERT INTO ${quote(platform)}.${table} SELECT * FROM ${quote(copies)}.${table} WHERE processor = $1`,
      processor,
    );
  }
}
