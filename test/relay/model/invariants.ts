/** What must hold after every step, whatever happened. */
import { logKeys } from '../../../src/log/keys.ts';
import { newestPosition } from '../../../src/outbox/head.ts';
import { readLogRow } from '../../../src/outbox/log-row.ts';
import { readSink } from '../../../src/outbox/sinks.ts';
import { type EpochLog, type Fact, factsIn, type History, type Model, published, topics } from './model.ts';
import { resolveReturn } from './resolve-return.ts';
import { readStreamsOf, type StoredLog } from './stored-log.ts';
import type { ModelWorld } from './world.ts';

/** Looks at the stores, notes what the model follows, and throws when a claim does not hold. */
export async function observe(model: Model, world: ModelWorld): Promise<void> {
  const { pool, redis, logName } = world;
  const row = await readLogRow(pool);
  const { position } = await readSink(pool, 'streams');
  Object.assign(model, { epoch: row.epoch, floor: row.floor, checkpoint: position });
  if (!model.logs.has(row.epoch)) noteNewEpoch(model);
  const stored = new Map<string, StoredLog | undefined>();
  for (const [epoch, log] of model.logs) {
    const found = await readStreamsOf(redis, logKeys(logName, epoch));
    stored.set(epoch, found);
    log.through = found?.through;
    log.most = Math.max(log.most, found?.through ?? 0);
  }
  resolveReturn(model, (epoch) => stored.get(epoch));
  const { history, through = 0 } = model.logs.get(model.epoch)!;
  // a gap that was passed before Postgres went back may be filled now
  if (!model.returned) published(model, through);
  else if (history === model.history) published(model, newestOf(history, through));

  for (const [epoch, log] of model.logs) checkStored(epoch, log, stored.get(epoch));
  if (!model.returned) checkOpen(model, through);
  checkCheckpoint(model, await newestPosition(pool));
  for (const [n, actor] of model.readers.entries()) {
    if (!actor) continue;
    const { history } = model.logs.get(actor.reader.epoch)!;
    const wanted = factsIn(history, { topics: actor.topics, after: actor.from, upTo: actor.cursor });
    expectSame(
      `reader ${n}, from ${actor.from} to ${actor.cursor} of epoch ${actor.reader.epoch}`,
      actor.seen,
      wanted,
    );
    checkAggregates(n, wanted);
  }
}

function noteNewEpoch(model: Model): void {
  const { returned } = model;
  if (!returned) throw new Error('the epoch changed, though Postgres did not go back');
  // what is committed from here on is no affair of the log that is over
  model.logs.get(returned.epoch)!.history = returned.former;
  model.logs.set(model.epoch, { history: model.history, through: undefined, most: 0 });
  model.returned = undefined;
}

/** Every stream has all that was committed from its floor to `through`, and nothing else. */
function checkStored(epoch: string, { history }: EpochLog, stored: StoredLog | undefined): void {
  if (!stored) return;
  for (const topic of topics) {
    const { floor, entries } = stored.streams.get(topic)!;
    const wanted = factsIn(history, { topics: [topic], after: floor, upTo: stored.through });
    expectSame(`the stream ${topic} of epoch ${epoch}, from ${floor} to ${stored.through}`, entries, wanted);
  }
}

/** The log never passes a transaction that may still commit. */
function checkOpen(model: Model, through: number): void {
  const passed = openFacts(model).find(({ position }) => position <= through);
  if (passed)
    throw new Error(`the log is at ${through}, past ${passed.position}, which may still be committed`);
}

/** The checkpoint never passes an event that was not published, nor what Postgres has given out. */
function checkCheckpoint(model: Model, newest: number): void {
  const { checkpoint, history } = model;
  const passed = [...history.facts, ...openFacts(model)].find(
    ({ position }) => position > history.published && position <= checkpoint,
  );
  if (passed)
    throw new Error(`the checkpoint is at ${checkpoint}, past ${passed.position}, which is not published`);
  if (checkpoint > newest)
    throw new Error(`the checkpoint is at ${checkpoint}, the newest position is ${newest}`);
}

/** Position order is the order in which each aggregate's events happened. */
function checkAggregates(n: number, facts: readonly Fact[]): void {
  const versions = new Map<string, number>();
  for (const { aggregate, version, position } of facts) {
    if (version <= (versions.get(aggregate) ?? 0))
      throw new Error(`reader ${n} sees version ${version} of ${aggregate} late, at ${position}`);
    versions.set(aggregate, version);
  }
}

const newestOf = ({ facts }: History, upTo: number) =>
  facts.findLast(({ position }) => position <= upTo)?.position ?? 0;

const openFacts = ({ writers }: Model) => writers.flatMap((open) => open?.facts ?? []);

type Place = { readonly position: number; readonly id: string };

export function expectSame(what: string, found: readonly Place[], wanted: readonly Place[]): void {
  const text = (places: readonly Place[]) =>
    places.map(({ position, id }) => `${position} ${id.slice(0, 4)}`).join(', ');
  if (text(found) !== text(wanted))
    throw new Error(`${what}\nhas:       ${text(found)}\nmust have: ${text(wanted)}`);
}
