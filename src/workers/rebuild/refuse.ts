import type { ProcessorReaction, Reaction } from '../reaction.ts';
import type { Live } from './live.ts';
import type { Places } from './names.ts';
import { RebuildRefusedError } from './refused.ts';

/** A processor that says which tables are its own. */
export type ProjectionReaction = ProcessorReaction & { readonly tables: readonly string[] };

const longestName = 63; // bytes; PostgreSQL cuts what is longer, and two names could become one

/** Throws RebuildRefusedError unless the reaction keeps a projection that can be built again. */
export function assertProjection(
  reaction: Reaction,
  { copies }: Pick<Places, 'copies'>,
): asserts reaction is ProjectionReaction {
  const { name } = reaction;
  if (reaction.kind === 'queue') {
    throw new RebuildRefusedError(
      `"${name}" is a queue consumer: it has an effect for each event, and no projection that could be built again`,
    );
  }
  if (!reaction.tables) {
    throw new RebuildRefusedError(
      `"${name}" does not say which tables only it writes: declare them as its "tables"`,
    );
  }
  if (Buffer.byteLength(copies) > longestName) {
    throw new RebuildRefusedError(`the name "${name}" is too long for a schema of its own`);
  }
}

/** Throws RebuildRefusedError unless the processor runs as this code declares it, and the log reaches back to its start. */
export function assertLive(
  reaction: ProjectionReaction,
  live: Live | undefined,
  positions: readonly number[],
): asserts live is Live {
  const { name, slots = 1 } = reaction;
  if (live?.kind !== 'PROCESSOR') {
    throw new RebuildRefusedError(
      `"${name}" has never run: its worker builds the projection when it is started`,
    );
  }
  if (positions.length !== slots) {
    throw new RebuildRefusedError(
      `"${name}" runs with ${positions.length} slots and is declared with ${slots}: they are fixed for its life`,
    );
  }
  const declared = reaction.events.map(({ type }) => type).sort();
  const registered = Object.keys(live.typeStarts).sort();
  if (declared.join() !== registered.join()) {
    throw new RebuildRefusedError(
      `"${name}" is registered for ${registered.join(', ')} and this code handles ${declared.join(', ')}: start its workers with this code first`,
    );
  }
}

/** Throws RebuildRefusedError when events that the projection came from are gone. The history stands for ever. */
export function assertReach({ name, rebuildFrom }: ProjectionReaction, { start, floor }: Live): void {
  if (floor <= start || rebuildFrom === 'history') return;
  throw new RebuildRefusedError(
    `"${name}" was built from the events after position ${start}, and retention has dropped those up to ${floor}: the oldest position that is held is ${floor + 1}, and ${start + 1} to ${floor} are missing. Rebuilt from what is left, the projection would be another`,
  );
}
