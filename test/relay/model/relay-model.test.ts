import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stories, tell } from './story.ts';
import { createModelWorld } from './world.ts';

/** MODEL_RUNS tells more stories, MODEL_SEED others. A failure prints its seed and the shortest story found. */
const runs = Number(process.env.MODEL_RUNS ?? 60);
const seed = Number(process.env.MODEL_SEED ?? 1);
const mostSteps = 40;

test(
  'whatever happens, in whatever order: no reader misses an event, sees one twice, or one that was not committed',
  async () => {
    await using world = await createModelWorld();
    let events = 0;
    let epochs = 0;
    const property = fc.asyncProperty(stories(mostSteps), async (story) => {
      const { history, logs } = await tell(world, story);
      events += history.facts.length;
      epochs += logs.size;
    });
    await fc.assert(property, { numRuns: runs, seed, interruptAfterTimeLimit: 60_000 + runs * 2_000 });
    expect(events, 'the stories are about something').toBeGreaterThan(runs);
    expect(epochs, 'in some the epoch changes').toBeGreaterThan(runs);
  },
  90_000 + runs * 2_000,
);
