/** Clients: they page through the log from their cursor, and read the state anew when they are told to. */
import fc from 'fast-check';
import { EpochChangedError, openLogReader, RetentionPassedError } from '../../../src/log/reader.ts';
import { command } from './command.ts';
import { type Model, type ReaderActor, topics } from './model.ts';
import { createSteppedProcess } from './stepped-process.ts';
import type { ModelWorld } from './world.ts';

/** One that wants everything, one a topic of it, and one that begins with the state */
const wishes = [
  { topics, from: 'the earliest' },
  { topics: topics.slice(0, 1), from: 'the earliest' },
  { topics, from: 'the state' },
];
const reader = fc.nat(wishes.length - 1);
const way = fc.record({
  limit: fc.constantFrom(1, 3, 100),
  by: fc.constantFrom('stream' as const, 'stream' as const, 'index' as const),
});
type Way = { readonly limit: number; readonly by: 'stream' | 'index' };

export const readerCommands = [
  {
    weight: 10,
    arbitrary: fc.record({ n: reader, way }).map(({ n, way }) =>
      onReader(`reader ${n} reads (${way.limit}, ${way.by})`, n, async (actor, model, world) => {
        if (!actor.process.busy) await begin(actor, model, world, way);
        await actor.process.finish();
      }),
    ),
  },
  {
    weight: 6,
    arbitrary: fc.record({ n: reader, way }).map(({ n, way }) =>
      onReader(`reader ${n} runs for a call (${way.limit}, ${way.by})`, n, async (actor, model, world) => {
        await (actor.process.busy ? actor.process.step() : begin(actor, model, world, way));
      }),
    ),
  },
  {
    weight: 4,
    arbitrary: reader.map((n) =>
      onReader(`reader ${n} connects anew`, n, (actor, _, world) => reconnect(actor, world)),
    ),
  },
];

const begin = (actor: ReaderActor, model: Model, world: ModelWorld, way: Way) =>
  actor.process.begin(() => readPage(actor, model, world, way));

/** Ends what it reads and opens the log again: its cursor is good for the same epoch only. */
export async function reconnect(actor: ReaderActor, world: ModelWorld): Promise<void> {
  await actor.process.finish();
  const { epoch } = actor.reader;
  await actor.process.beside(() => openAgain(actor, world));
  if (actor.reader.epoch !== epoch) await readState(actor, world);
}

/** Reads to the end of what is published. */
export async function catchUp(actor: ReaderActor, model: Model, world: ModelWorld): Promise<void> {
  let before: number;
  do {
    before = actor.cursor;
    await begin(actor, model, world, { limit: 3, by: 'stream' });
    await actor.process.finish();
  } while (actor.cursor !== before);
}

async function readPage(actor: ReaderActor, model: Model, world: ModelWorld, way: Way): Promise<void> {
  const { reader, topics, cursor: after } = actor;
  try {
    const { events, next } = await reader.read({ filter: { topics }, after, ...way });
    actor.seen.push(...events.map(({ position, id }) => ({ position, id })));
    actor.cursor = next;
  } catch (error) {
    if (/does not hold the newest event/.test(String(error)) && model.returned) return;
    if (error instanceof RetentionPassedError) expectPassed(after, error.oldest);
    else if (!(error instanceof EpochChangedError)) throw error;
    else if (model.logs.size === 1 && !model.returned)
      throw new Error('a reader is told of a new epoch, but there is none');
    await openAgain(actor, world);
    await readState(actor, world);
  }
}

function expectPassed(after: number, floor: number): void {
  if (after >= floor) throw new Error(`a cursor at ${after} is told to be older than ${floor}`);
}

async function openAgain(actor: ReaderActor, world: ModelWorld): Promise<void> {
  actor.reader = await openLogReader({ ...world, ...actor.process });
}

/** The state has every event up to what is published, and maybe more, which is harmless: it is told again. */
async function readState(actor: ReaderActor, { redis, pool, logName }: ModelWorld): Promise<void> {
  const { through } = await openLogReader({ redis, pool, logName });
  startAt(actor, await through());
}

function startAt(actor: ReaderActor, position: number): void {
  actor.from = position;
  actor.cursor = position;
  actor.seen.length = 0;
}

/** A reader that is not there comes. */
function onReader(
  name: string,
  n: number,
  run: (actor: ReaderActor, model: Model, world: ModelWorld) => Promise<void>,
) {
  return command({
    name,
    can: () => true,
    run: async (model, world) => {
      model.readers[n] ??= await come(n, model, world);
      await run(model.readers[n], model, world);
    },
  });
}

async function come(n: number, { floor }: Model, world: ModelWorld): Promise<ReaderActor> {
  const { topics, from } = wishes[n]!;
  const process = createSteppedProcess(world);
  const reader = await process.beside(() => openLogReader({ ...world, ...process }));
  const actor = { process, topics, reader, from: 0, cursor: 0, seen: [] };
  if (from === 'the earliest') startAt(actor, floor);
  else await readState(actor, world);
  return actor;
}
