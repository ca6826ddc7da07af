import type { Tx } from '../../outbox/transaction.ts';
import { remove } from './begin.ts';
import { assertSame } from './copy-tables.ts';
import { handleRedriven } from './dead-letters.ts';
import { followSlot, type Transact } from './follow-slot.ts';
import { holdPositions, readLive, readPositions } from './live.ts';
import { liveTable } from './names.ts';
import type { Rebuild } from './rebuild.ts';
import { enter } from './redirect.ts';
import { RebuildRefusedError } from './refused.ts';
import { replaceShared } from './shared-tables.ts';
import { swapTables } from './swap-tables.ts';

const workersMs = 3_000; // for the batches in hand of the live slots
const restMs = 2_000; // for what they have handled since the rebuild caught up
const readersMs = 100; // whoever comes to the tables meanwhile waits behind the rebuild
const statementMs = 5_000;
const switchMs = 6_000; // and a statement more: what a live batch may have to wait, whose own time is 12 s

/**
 * Puts the projection that was built in the place of the live one, in one transaction: it is done, or nothing has
 * happened. False when the moment was not right, and it is to be tried again after catching up.
 *
 * The live slots are held where they are, their rest is handled, and the tables change places. A batch of theirs that has
 * waited goes on from the same checkpoint, on the new tables: they are as the old ones would be.
 */
export async function trySwitch(rebuild: Rebuild): Promise<boolean> {
  try {
    await rebuild.prisma.$transaction((tx) => switchIn(rebuild, tx), { timeout: switchMs });
    return true;
  } catch (error) {
    if (error instanceof NotNowError || isBusy(error)) return false;
    throw error;
  }
}

async function switchIn(rebuild: Rebuild, tx: Tx): Promise<void> {
  const { reaction, places, consumer, pool } = rebuild;
  const { name, tables } = reaction;
  await enter(tx, places);
  await setTimeouts(tx, workersMs);
  const targets = await holdPositions(tx, name);
  await assertUnchanged(rebuild, targets);
  await handleRest(rebuild, tx, targets, await readPositions(pool, consumer));
  await setTimeouts(tx, readersMs);
  for (const table of tables) {
    await tx.$executeRawUnsafe(`LOCK TABLE ${liveTable(places, table)} IN ACCESS EXCLUSIVE MODE`);
  }
  await assertSame(tx, places, tables, 'has changed since the rebuild began; begin again with --restart');
  await replaceShared(tx, places, name);
  await swapTables(tx, places, tables);
  await remove(tx, places, name);
}

async function handleRest(
  rebuild: Rebuild,
  tx: Tx,
  targets: readonly number[],
  positions: readonly number[],
): Promise<void> {
  const deadline = performance.now() + restMs;
  const transact: Transact = (work) => {
    if (performance.now() > deadline) throw new NotNowError('live is too far ahead again');
    return work(tx);
  };
  for (const [slot, target] of targets.entries()) {
    await followSlot(rebuild, { slot, from: positions[slot]!, target }, transact);
  }
  while (await transact((own) => handleRedriven(rebuild, own)));
}

/** Throws when the processor is another than when the rebuild began: it may have left out what this one has not. */
async function assertUnchanged(
  { reaction, pool, live }: Rebuild,
  positions: readonly number[],
): Promise<void> {
  const now = await readLive(pool, reaction.name);
  const startsOf = (each: typeof now) => JSON.stringify(Object.entries(each?.typeStarts ?? {}).sort());
  if (positions.length === (reaction.slots ?? 1) && startsOf(now) === startsOf(live)) return;
  throw new RebuildRefusedError(
    `"${reaction.name}" was registered anew while it was rebuilt; run the rebuild again`,
  );
}

async function setTimeouts(tx: Tx, lockMs: number): Promise<void> {
  await tx.$executeRawUnsafe(`SET LOCAL lock_timeout = ${lockMs}`);
  await tx.$executeRawUnsafe(`SET LOCAL statement_timeout = ${statementMs}`);
}

class NotNowError extends Error {
  override readonly name = 'NotNowError';
}

// a lock that was not given, a statement that took too long, a deadlock, and Prisma's end of the whole
const busyCodes = ['55P03', '57014', '40P01', 'P2028'];

/** Prisma has one code for all that PostgreSQL refuses, and PostgreSQL's own beneath it. */
function isBusy(error: unknown): boolean {
  const { code, meta } = error as {
    code?: string;
    meta?: { driverAdapterError?: { cause?: { originalCode?: string } } };
  };
  return busyCodes.includes(meta?.driverAdapterError?.cause?.originalCode ?? code ?? '');
}
