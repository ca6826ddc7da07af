/** How far event time has come for a slot. */
import type { Tx } from '../../outbox/transaction.ts';
import type { Late } from './advance.ts';
import type { SlotOf } from './window-rows.ts';

/** Minus infinity before the first event. Throws when the slot's windows have another size. */
export async function readWatermark(tx: Tx, { processor, slot }: SlotOf, sizeMs: number): Promise<number> {
  const [row] = await tx.$queryRaw<{ watermarkMs: number; sizeMs: number }[]>`
    SELECT extract(epoch FROM watermark)::float8 * 1000 AS "watermarkMs", size_ms::float8 AS "sizeMs"
      FROM processor_watermark WHERE processor = ${processor} AND slot = ${slot}`;
  if (!row) return Number.NEGATIVE_INFINITY;
  if (row.sizeMs !== sizeMs) {
    throw new Error(
      `processor "${processor}" has windows of ${row.sizeMs} ms: another size needs another name`,
    );
  }
  return Math.round(row.watermarkMs);
}

/** Moves the watermark and adds to what is counted. */
export async function saveWatermark(
  tx: Tx,
  { processor, slot }: SlotOf,
  sizeMs: number,
  watermarkMs: number,
  { ignored, reopened, parked, ahead }: Readonly<Late>,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO processor_watermark AS known (processor, slot, size_ms, watermark, ignored, reopened, parked, ahead)
    VALUES (${processor}, ${slot}::int, ${sizeMs}::bigint, to_timestamp(${watermarkMs}::float8 / 1000),
            ${ignored}::bigint, ${reopened}::bigint, ${parked}::bigint, ${ahead}::bigint)
    ON CONFLICT (processor, slot) DO UPDATE
       SET watermark = excluded.watermark, ignored = known.ignored + excluded.ignored,
           reopened = known.reopened + excluded.reopened, parked = known.parked + excluded.parked,
           ahead = known.ahead + excluded.ahead, updated_at = now()`;
}

/**
 * By position, the latest time that an event may be taken for, of those whose own time is later: `maxAheadMs` after it was
 * recorded by the clock of this Postgres, which is the same whenever it is asked. Where that is not known any more it is
 * the time now.
 */
export async function readBounds(
  tx: Tx,
  events: readonly { readonly position: number; readonly atMs: number }[],
  maxAheadMs: number,
): Promise<ReadonlyMap<number, number>> {
  if (events.length === 0) return new Map();
  const positions = events.map(({ position }) => position);
  const times = events.map(({ atMs }) => atMs);
  const rows = await tx.$queryRaw<{ position: number; boundMs: number }[]>`
    SELECT position::float8 AS position, "boundMs"
      FROM unnest(${positions}::bigint[], ${times}::float8[]) AS event (position, at_ms)
     CROSS JOIN LATERAL (
       SELECT floor(extract(epoch FROM coalesce(
                (SELECT recorded_at FROM outbox WHERE outbox.position = event.position), now())) * 1000)::float8
              + ${maxAheadMs}::float8 AS "boundMs") AS bound
     WHERE at_ms > "boundMs"`;
  return new Map(rows.map(({ position, boundMs }) => [position, boundMs]));
}
