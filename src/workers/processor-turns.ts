import type { LogEvent } from '../events/envelope.ts';
import type { LogReader } from '../log/reader.ts';
import { every } from '../platform/pace.ts';
import { afterFailure, type Search } from './batch-failure.ts';
import { readCheckpoint, StaleReadError } from './checkpoint.ts';
import { handleBatch } from './handle-batch.ts';
import { fallsTo, type ProcessorSlot } from './processor-slot.ts';
import { redriveParked } from './redrive-parked.ts';

const pausedMs = 500;
const redriveMs = 500;
const idleReadMs = 9_000; // the log is looked at that often though nobody tells of news
const saveMs = 1_000; // how often a checkpoint moves over events of others
const defaultBatchSize = 500;
const defaultLingerMs = 50;

export interface TurnSignals {
  /** The turn is to end soon: nobody waits for anything any more */
  readonly ending: AbortSignal;
  /** What is in hand is to be given up */
  readonly cutOff: AbortSignal;
}

/**
 * The turns of one slot while its lease is held. A turn takes the next batch from the slot's checkpoint, or waits a
 * bounded time for one, and gives how long to pause before the next, in ms.
 */
export function createProcessorTurns(slot: ProcessorSlot): (signals: TurnSignals) => Promise<number> {
  const { reaction, options } = slot;
  const fullBatch = reaction.batchSize ?? defaultBatchSize;
  const search: Search = { batchSize: fullBatch, failing: undefined };
  const redriveDue = every(redriveMs);
  const saveDue = every(saveMs);
  const readDue = every(idleReadMs);
  let reader: LogReader | undefined;
  let emptyAfter = -1; // nothing was published beyond it when it was last read
  let scanned = 0; // up to here nothing was for this slot; saved with the next batch, or after a while
  const filter = {
    topics: [...new Set(reaction.events.map((definition) => definition.topic))],
    types: reaction.events.map((definition) => definition.type),
  };

  /** The log may be another by now: nothing that was read of it counts. */
  const leaveLog = () => {
    reader = undefined;
    scanned = 0;
    emptyAfter = -1;
  };
  const readPage = async (after: number) => {
    reader ??= await options.openReader();
    return { ...(await reader.read({ filter, after, limit: search.batchSize })), epoch: reader.epoch };
  };

  const turn = async ({ ending, cutOff }: TurnSignals) => {
    const checkpoint = await readCheckpoint(options.pool, reaction.name, slot.slot);
    const { position: from, paused, drainPosition, redrives } = checkpoint;
    if (paused) return pausedMs;
    if (redrives && redriveDue()) await redriveParked(slot, cutOff);
    const after = scanned < drainPosition ? Math.max(from, scanned) : from; // the end of a drain is saved
    if (after >= drainPosition) return pausedMs;
    if (after === emptyAfter && !readDue() && !(await options.wait(after, ending))) return 0;
    const page = upTo(drainPosition, await readPage(after));
    if (page.next <= after) {
      if (scanned > from && saveDue())
        await handleBatch(slot, { events: [], from, to: scanned, epoch: page.epoch }, cutOff);
      else emptyAfter = after;
      return 0;
    }
    const pauseMs = page.next < page.through ? 0 : (reaction.lingerMs ?? defaultLingerMs);
    const events = page.events.filter((event) => fallsTo(slot, event));
    scanned = events.length > 0 ? 0 : page.next;
    if (events.length === 0 && page.next < drainPosition && !saveDue()) return pauseMs;
    const batch = { events, from, to: page.next, epoch: page.epoch };
    try {
      await handleBatch(slot, batch, cutOff);
    } catch (error) {
      if (ending.aborted || error instanceof StaleReadError) throw error;
      return afterFailure(slot, search, batch, error);
    }
    search.failing = undefined;
    search.batchSize = Math.min(fullBatch, search.batchSize * 2);
    return pauseMs;
  };
  return (signals) =>
    turn(signals).catch((error) => {
      leaveLog();
      throw error;
    });
}

/** What of the page a consumer that drains still takes. */
function upTo<Page extends { readonly events: readonly LogEvent[]; readonly next: number }>(
  last: number,
  page: Page,
): Page {
  if (page.next <= last) return page;
  return { ...page, events: page.events.filter(({ position }) => position <= last), next: last };
}
