/** A story: commands in an order of fast-check's choice, then a quiet end at which everything must have arrived. */
import fc from 'fast-check';
import type { ModelCommand } from './command.ts';
import { expectSame, observe } from './invariants.ts';
import { factsIn, type Model } from './model.ts';
import { copyStores } from './past.ts';
import { kill, publisherCommands, runUntilIdle, startPublisher } from './publisher-commands.ts';
import { catchUp, readerCommands, reconnect } from './reader-commands.ts';
import { storeCommands } from './store-commands.ts';
import type { ModelWorld } from './world.ts';
import { end, writerCommands } from './writer-commands.ts';

const anyCommand: fc.Arbitrary<ModelCommand> = fc.oneof(
  ...writerCommands,
  ...publisherCommands,
  ...storeCommands,
  ...readerCommands,
);

export const stories = (maxCommands: number): fc.Arbitrary<Iterable<ModelCommand>> =>
  fc.commands<Model, ModelWorld, boolean>([anyCommand], { maxCommands, size: 'max' });

/** Tells the story on empty stores. Throws at the first claim that does not hold. */
export async function tell(world: ModelWorld, commands: Iterable<ModelCommand>): Promise<Model> {
  const model = await world.reset();
  model.past.push(await copyStores(model, world));
  try {
    await fc.asyncModelRun(() => ({ model, real: world }), commands);
    await endQuietly(model, world);
    return model;
  } finally {
    for (const actor of model.readers) await actor?.process.kill();
    for (const open of model.writers) open?.abandon();
    for (const n of model.publishers.keys()) await kill(model, n);
  }
}

/** Every transaction ends, late publishers end their turn, another publishes what is left, and everybody reads. */
async function endQuietly(model: Model, world: ModelWorld): Promise<void> {
  for (const n of model.writers.keys()) if (model.writers[n]) await end(model, n, n % 2 === 0);
  for (const [n, actor] of model.publishers.entries()) {
    await actor?.process.finish().catch(() => {}); // it may have been cut off
    await observe(model, world);
    await kill(model, n);
  }
  model.publishers[0] = startPublisher(world, 0);
  await runUntilIdle(model.publishers[0]);
  await observe(model, world);
  const { history } = model;
  const newest = history.facts.at(-1)?.position ?? 0;
  for (const [n, actor] of model.readers.entries()) {
    if (!actor) continue;
    await reconnect(actor, world);
    await catchUp(actor, model, world);
    await observe(model, world);
    if (actor.reader.epoch !== model.epoch) throw new Error(`reader ${n} is left in another epoch`);
    if (actor.cursor < newest) throw new Error(`reader ${n} is left at ${actor.cursor} of ${newest}`);
    const wanted = factsIn(history, { topics: actor.topics, after: actor.from, upTo: newest });
    expectSame(`reader ${n} at the end`, actor.seen, wanted);
  }
}
