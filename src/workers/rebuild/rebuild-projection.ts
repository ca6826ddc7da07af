/**
 * Builds a processor's projection again beside the live one, from the log or the history, and switches when it has caught up. What is
 * live is read and written all the time; docs/rebuild.md says how.
 */
import type { Pool } from 'pg';
import type { LogReader } from '../../log/reader.ts';
import { backoffMs } from '../../platform/backoff.ts';
import type { Logger } from '../../platform/logger.ts';
import { quote } from '../../platform/schemas.ts';
import type { Reaction } from '../reaction.ts';
import { beAlone } from './alone.ts';
import { begin } from './begin.ts';
import { catchUp } from './catch-up.ts';
import { handleHistory } from './handle-history.ts';
import { readLive, readPositions } from './live.ts';
import { consumerOf, locate, placesOf } from './names.ts';
import { pause } from './pause.ts';
import { createProgress, type RebuildProgress } from './progress.ts';
import type { Rebuild } from './rebuild.ts';
import { openRedirected } from './redirect.ts';
import { assertLive, assertProjection, assertReach } from './refuse.ts';
import { trySwitch } from './switch.ts';

export interface RebuildOptions {
  readonly reaction: Reaction;
  /** Of the same database as the pool; its role has to own the tables */
  readonly databaseUrl: string;
  readonly pool: Pool;
  readonly application: string;
  readonly openReader: () => Promise<LogReader>;
  readonly logger: Logger;
  /** Throws away what an earlier run has built and left. Default false */
  readonly restart?: boolean;
  /** Ends it after the batch in hand; it can be gone on with */
  readonly signal?: AbortSignal;
  /** Called after each batch; must not throw */
  readonly onProgress?: (progress: RebuildProgress) => void;
}

const nearMs = 1_000; // catching up took less: the rest will be done in no time

/**
 * Settled once the projection that was built is live. Throws RebuildRefusedError when it cannot be done, and
 * RebuildFailedError when an event cannot be handled; whatever it throws, and whenever it is killed, the live projection
 * is untouched, and another call goes on from the last batch.
 */
export async function rebuildProjection(options: RebuildOptions): Promise<void> {
  const { reaction, databaseUrl: url, application, pool, logger, restart = false, onProgress } = options;
  const named = placesOf(url, reaction.name);
  assertProjection(reaction, named);
  const { name, tables } = reaction;
  const live = await readLive(pool, name);
  const slots = await readPositions(pool, name);
  assertLive(reaction, live, slots);

  await using alone = await beAlone(url, application, name);
  await using database = openRedirected({
    ...{ url, application, tables },
    places: named,
    connections: slots.length + 1,
  });
  const { prisma, clock } = database;
  const places = await locate(prisma, named);
  const found = await begin(prisma, {
    reaction,
    places,
    // by the history up to where every slot has come, and from there on by the log
    start: reaction.rebuildFrom === 'history' ? Math.min(...slots) : live.start,
    restart,
    assertReach: () => assertReach(reaction, live),
  });
  const consumer = consumerOf(name);
  const positions = await readPositions(pool, consumer);
  logger.info({ consumer: name, found, position: Math.min(...positions) }, 'rebuild.started');

  const signal = AbortSignal.any([alone.signal, ...(options.signal ? [options.signal] : [])]);
  const progress = createProgress(name, positions, onProgress ?? (() => {}));
  const reader = await options.openReader();
  const rebuild: Rebuild = {
    reaction,
    places,
    consumer,
    prisma,
    clock,
    pool,
    reader,
    live,
    progress,
    signal,
    logger,
  };
  await handleHistory(rebuild);
  await build(rebuild);
  progress.enter('done');
  logger.info({ consumer: name }, 'rebuild.switched');
}

async function build(rebuild: Rebuild): Promise<void> {
  const { places, reaction, prisma, progress, signal } = rebuild;
  for (let refusals = 0; ; ) {
    const began = performance.now();
    await catchUp(rebuild);
    if (performance.now() - began > nearMs) continue;
    if (refusals === 0) {
      // the planner is to know the new tables from their first moment
      for (const table of reaction.tables) {
        await prisma.$executeRawUnsafe(`ANALYZE ${quote(places.copies)}.${quote(table)}`);
      }
    }
    if (await trySwitch(rebuild)) return;
    progress.enter('waiting');
    refusals += 1;
    await pause(backoffMs(refusals, { firstMs: 50, maxMs: 2_000 }), signal);
  }
}
