/**
 * What has happened, for those who come back or fall behind: the events that are still in memory, else the streams in
 * Redis, else the outbox. One question, one answer, wherever it comes from.
 */
import type { Pool } from 'pg';
import { isNarrow } from '../log/filter.ts';
import { EpochChangedError, type LogPage, type LogReader } from '../log/reader.ts';
import { DomainError } from '../platform/errors.ts';
import { logged } from '../platform/failures/text.ts';
import type { Logger } from '../platform/logger.ts';
import { ownWork, type Work } from '../platform/requester.ts';
import { createFairTurns } from './fair-turns.ts';
import type { RecentEvents } from './recent-events.ts';
import { createSharedScan, type SharedRead } from './shared-scan.ts';

export interface History {
  /**
   * The matching events of the range in position order, about `limit` of them. Throws as LogReader.read does:
   * EpochChangedError, CURSOR_EXPIRED, and faults of the stores, which are worth another try. Clients take turns; what
   * is given up is not read, or not to its end.
   */
  read(read: SharedRead, work?: Work): Promise<Pick<LogPage, 'events' | 'next'>>;
  /** How many reads each source has answered */
  readonly answered: Readonly<Record<'memory' | 'stream' | 'outbox', number>>;
}

/** What history is read from; both change when the log is replaced. */
export interface HistorySources {
  readonly recent: RecentEvents;
  readonly reader: LogReader;
}

const atOnce = 16; // reads: a thousand clients that come back together must not hold up those who follow
const perConnection = 8; // of these: room for others, whatever one of them asks for

/** `pool` is what the outbox is read through; none: that of the reader. */
export function createHistory(sources: () => HistorySources, logger: Logger, pool?: Pool): History {
  const fromMemory = createFairTurns({ places: atOnce });
  const fromStores = createFairTurns({ places: atOnce, perConnection });
  const reader = (): Pick<LogReader, 'read'> => {
    const { read } = sources().reader;
    return { read: (asked) => read({ ...asked, pool }) };
  };
  const scan = createSharedScan(reader);
  const answered = { memory: 0, stream: 0, outbox: 0 };

  const readStores = async (read: SharedRead, work: Work) => {
    try {
      const page = await (isNarrow(read.filter)
        ? scan(read, work)
        : fromStores(work, () => reader().read(read)));
      answered[page.source] += 1;
      return page;
    } catch (error) {
      const expected =
        work.signal?.aborted || error instanceof DomainError || error instanceof EpochChangedError;
      if (!expected) logger.warn(logged(error), 'history.not_read');
      throw error;
    }
  };
  return {
    answered,
    async read(read, work = ownWork) {
      const inMemory = await fromMemory(work, async () => {
        const { recent } = sources();
        return read.after >= recent.floor ? recent.read(read) : undefined;
      });
      if (!inMemory) return readStores(read, work);
      answered.memory += 1;
      return inMemory;
    },
  };
}
