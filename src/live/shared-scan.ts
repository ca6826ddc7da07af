/**
 * One pass over the log for many who each look for little of it: clients that come back together would otherwise read
 * the same stream once each. A read that arrives while a pass is under way takes part in the next.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LogEvent } from '../events/envelope.ts';
import { type LogPage, type LogRead, type LogReader, RetentionPassedError } from '../log/reader.ts';
import { itself, ownWork, runFor, runForAll, type Work } from '../platform/requester.ts';
import { type Subscriber, SubscriberIndex } from './subscriber-index.ts';

export type SharedRead = LogRead & { readonly upTo: number };

/**
 * Gives the page of the read: from a pass that it shares, or of its own by index when a pass would be dearer. A pass does
 * not wait for those who look up their own. Throws the signal's reason when the read is given up.
 */
export type SharedScan = (read: SharedRead, work?: Work) => Promise<LogPage>;

type Reader = Pick<LogReader, 'read'>;

const pageSize = 1_000;
const positionsPerLookup = 10_000; // reading past so many others' events costs about what an index lookup does

export function createSharedScan(reader: () => Reader): SharedScan {
  let waiting: Seeker[] = [];
  let running = false;

  const run = async () => {
    running = true;
    while (waiting.length > 0) {
      await nextTurn(); // those who come in the same moment share
      const seekers = waiting.filter(isSought).sort((one, other) => one.read.after - other.read.after);
      waiting = [];
      await whileSought(seekers, async () => scan(reader(), seekers)).catch((error) => {
        for (const seeker of seekers) seeker.fail(error);
      });
    }
    running = false;
  };

  return (read, work = ownWork) =>
    new Promise((resolve, reject) => {
      const giveUp = () => reject(work.signal!.reason);
      if (work.signal?.aborted) return giveUp();
      work.signal?.addEventListener('abort', giveUp, { once: true });
      const settled =
        <Value>(settle: (value: Value) => void) =>
        (value: Value) => {
          work.signal?.removeEventListener('abort', giveUp);
          settle(value);
        };
      waiting.push(new Seeker(read, work, settled(resolve), settled(reject)));
      // for all who share it, not for the first
      if (!running) void runForAll(run);
    });
}

const isSought = ({ work }: Seeker) => !work.signal?.aborted;

/** What is read for all of them is given up, in the stores too, when each of them was. */
async function whileSought<Result>(seekers: readonly Seeker[], run: () => Promise<Result>): Promise<Result> {
  const pass = new AbortController();
  const signals = seekers.map(({ work }) => work.signal);
  const look = () => {
    if (!seekers.some(isSought)) pass.abort(signals[0]?.reason);
  };
  for (const signal of signals) signal?.addEventListener('abort', look);
  try {
    return await runFor({ requester: itself, signal: pass.signal }, run);
  } finally {
    for (const signal of signals) signal?.removeEventListener('abort', look);
  }
}

/** One pass for the seekers, the one that is furthest behind first. */
async function scan(reader: Reader, seekers: readonly Seeker[], tooOld = 1): Promise<void> {
  const [furthestBehind] = seekers;
  if (!furthestBehind) return;
  const start = furthestBehind.read.after;
  const end = Math.max(...seekers.map(({ read }) => read.upTo));
  // each for itself: a cursor that has expired is one client's own affair
  const lookUp = (some: Iterable<Seeker>) => {
    for (const { read, work, resolve, fail } of some) {
      void runFor(work, () => reader.read({ ...read, by: 'index' })).then(resolve, fail);
    }
  };
  if (end - start > positionsPerLookup * seekers.length) return lookUp(seekers);

  const index = new SubscriberIndex<Seeker>();
  const seeking = new Set(seekers);
  for (const seeker of seekers) index.add(seeker);
  const topics = [...new Set(seekers.flatMap(({ filter }) => filter.topics))];
  const reached = new Set<Seeker>();
  let position = start;
  while (seeking.size > 0) {
    const page = await reader
      .read({ filter: { topics }, after: position, upTo: end, limit: pageSize })
      .catch(expiredAsUndefined);
    if (page?.source !== 'stream') {
      // the stream does not reach back so far: those who are too far behind have their own little to look up in the
      // outbox. How many they are is not known, so twice as many are left out every time.
      const behind = position === start ? tooOld : seekers.length;
      const rest = seekers.slice(behind);
      lookUp(seekers.slice(0, behind).filter((one) => seeking.has(one)));
      return scan(reader, rest, 2 * tooOld);
    }
    for (const event of page.events) index.deliver(event, reached);
    // less is published than was asked for: what there is counts
    const over = page.next >= end || page.next === position;
    position = page.next;
    for (const seeker of [...reached].filter(({ full }) => full)) {
      seeker.settle(page, seeker.events.at(-1)!.position);
      seeking.delete(seeker);
      index.remove(seeker);
    }
    reached.clear();
    for (const seeker of seeking) {
      if (isSought(seeker)) continue;
      seeking.delete(seeker);
      index.remove(seeker);
    }
    if (!over) continue;
    for (const seeker of seeking) seeker.settle(page, Math.min(seeker.read.upTo, position));
    return;
  }
}

/** The oldest cursor of all is below what is kept; others may not be. */
function expiredAsUndefined(error: unknown): undefined {
  if (!(error instanceof RetentionPassedError)) throw error;
}

/** One read on its way through a pass. */
class Seeker implements Subscriber {
  readonly read: SharedRead;
  readonly events: LogEvent[] = [];
  readonly resolve: (page: LogPage) => void;
  readonly fail: (error: unknown) => void;

  readonly work: Work;

  constructor(
    read: SharedRead,
    work: Work,
    resolve: (page: LogPage) => void,
    fail: (error: unknown) => void,
  ) {
    this.read = read;
    this.work = work;
    this.resolve = resolve;
    this.fail = fail;
  }

  get filter() {
    return this.read.filter;
  }

  get full(): boolean {
    return this.events.length >= this.read.limit;
  }

  receive(event: LogEvent): void {
    const { after, upTo } = this.read;
    if (event.position > after && event.position <= upTo && !this.full) this.events.push(event);
  }

  settle(page: LogPage, next: number): void {
    this.resolve({ ...page, events: this.events, next: Math.max(next, this.read.after) });
  }
}
