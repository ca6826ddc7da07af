import type { Pool } from 'pg';
import { messageOf } from '../../platform/errors.ts';
import type { Reaction } from '../reaction.ts';
import { beAlone } from './alone.ts';
import { remove } from './begin.ts';
import { readLive, readPositions } from './live.ts';
import { consumerOf, locate, placesOf } from './names.ts';
import { openRedirected } from './redirect.ts';
import { assertLive, assertProjection, assertReach } from './refuse.ts';

/** A processor, and whether its projection can be built again. */
export interface Rebuildable {
  readonly processor: string;
  readonly tables: readonly string[];
  /** `ready`, how far a rebuild is that was begun, or why there can be none */
  readonly state: string;
}

/** Every processor of these reactions. */
export async function listRebuildable(
  url: string,
  pool: Pool,
  reactions: readonly Reaction[],
): Promise<readonly Rebuildable[]> {
  const listed: Rebuildable[] = [];
  for (const reaction of reactions) {
    if (reaction.kind !== 'processor') continue;
    const { name: processor, tables = [] } = reaction;
    listed.push({ processor, tables, state: await stateOf(url, pool, reaction) });
  }
  return listed;
}

async function stateOf(url: string, pool: Pool, reaction: Reaction): Promise<string> {
  const { name } = reaction;
  const positions = await readPositions(pool, consumerOf(name));
  if (positions.length > 0) return `begun, handled up to position ${Math.min(...positions)}`;
  try {
    assertProjection(reaction, placesOf(url, name));
    const live = await readLive(pool, name);
    assertLive(reaction, live, await readPositions(pool, name));
    assertReach(reaction, live);
    return 'ready';
  } catch (error) {
    return messageOf(error);
  }
}

/** Throws away what a rebuild has left that nobody goes on with. Throws RebuildRefusedError while it is running. */
export async function abandonRebuild(url: string, application: string, processor: string): Promise<void> {
  await using _alone = await beAlone(url, application, processor);
  const named = placesOf(url, processor);
  await using database = openRedirected({ url, application, places: named, tables: [], connections: 1 });
  const places = await locate(database.prisma, named);
  await database.prisma.$transaction((tx) => remove(tx, places, processor));
}
