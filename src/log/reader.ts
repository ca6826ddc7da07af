/**
 * The one way to read the log: (filter, after) gives events in position order, never beyond what is published. Redis
 * serves what it holds; the outbox serves what is older, and everything while Redis is away.
 */
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import type { LogEvent } from '../events/envelope.ts';
import { type LogRow, readLogRow } from '../outbox/log-row.ts';
import { newestEvent, type OutboxRow, searchOutbox } from '../outbox/read-outbox.ts';
import { readSink } from '../outbox/sinks.ts';
import { DomainError } from '../platform/errors.ts';
import { isNarrow, type LogFilter, matchesFilter } from './filter.ts';
import { type LogKeys, logKeys } from './keys.ts';
import { type LogState, readLogState } from './publish.ts';
import { readStreams, type StreamPage, toEvent } from './read-streams.ts';
import type { Waiter } from './waiter.ts';

export interface LogPage {
  /** Strictly increasing positions */
  readonly events: readonly LogEvent[];
  /** Everything that matches up to here has been given: where the next page starts */
  readonly next: number;
  /** How far the log was published when the page was read */
  readonly through: number;
  readonly source: 'stream' | 'outbox';
  /** About how much memory its events take */
  readonly bytes: number;
}

export interface LogRead {
  readonly filter: LogFilter;
  readonly after: number;
  /** Gives nothing above it; default: all that is published */
  readonly upTo?: number;
  /** About how many events to look at; a page may hold fewer, also none while `next` moves on */
  readonly limit: number;
  /** 'index': what few events match is looked up in the outbox instead of read past others. Default 'stream' */
  readonly by?: 'stream' | 'index';
  /** What the outbox is read through; default: what the reader was opened with */
  readonly pool?: Pool | undefined;
}

export interface LogReader {
  readonly epoch: string;
  /**
   * Throws EpochChangedError, from about a second after the change, or CURSOR_EXPIRED when `after` is older than the
   * outbox holds. Fails while Postgres is not the one from which the log was published: the epoch is about to change.
   */
  read(read: LogRead): Promise<LogPage>;
  /** How far the log is published. */
  through(): Promise<number>;
}

/** The log itself was replaced: positions and cursors that were held mean nothing any more. */
export class EpochChangedError extends Error {
  override readonly name = 'EpochChangedError';
}

export interface LogReaderOptions {
  readonly redis: Redis;
  readonly pool: Pool;
  readonly logName: string;
  /** Who watches for the epoch: then the reader need not ask for it itself */
  readonly waiter?: Pick<Waiter, 'epoch'>;
  /** While it says no, Redis is left alone: what it holds is another database's. Default: always */
  readonly isOurs?: () => boolean;
}

const maxSearched = 50_000; // positions of one statement
const epochCheckMs = 1_000; // the streams of an old epoch stay as they are: only Postgres tells that it is over

/** Opens the log of the current epoch. */
export async function openLogReader(options: LogReaderOptions): Promise<LogReader> {
  const { redis, pool, logName, waiter, isOurs = () => true } = options;
  const before = waiter?.epoch; // it may be behind what is read now, but never goes back to it
  const { epoch } = await readLogRow(pool);
  const keys = logKeys(logName, epoch);
  let newest: LogRow | undefined;
  let checkedAt = Date.now();
  /** Nobody waits for the check: while Postgres is away nothing is published that could be missed. */
  const refuseOldEpoch = () => {
    const seen = waiter ? waiter.epoch : newest?.epoch;
    if (seen !== undefined && seen !== before) refuseOther(epoch, seen);
    if (waiter || Date.now() - checkedAt < epochCheckMs) return;
    checkedAt = Date.now();
    readLogRow(pool).then(
      (log) => {
        newest = log;
      },
      () => {},
    );
  };
  const through = async () => {
    const published = isOurs() ? await redis.hget(keys.meta, 'through').catch(() => null) : null;
    return published === null ? (await readSink(pool, 'streams')).position : Number(published);
  };
  return {
    epoch,
    through,
    async read(read) {
      const { pool: db = pool } = read;
      refuseOldEpoch();
      const state = async () => (isOurs() ? readLogState(redis, keys).catch(() => undefined) : undefined);
      if (read.by === 'index') return readFromOutbox(db, epoch, read, await state());
      const page = isOurs() ? await readFromRedis(redis, keys, read) : undefined;
      if (page?.complete) return fromStream(page, read);
      return readFromOutbox(db, epoch, read, page && (await state()));
    },
  };
}

/** Undefined when Redis is away or empty: the outbox has everything. */
function readFromRedis(redis: Redis, keys: LogKeys, read: LogRead): Promise<StreamPage | undefined> {
  const { topics } = read.filter;
  return readStreams(redis, keys, { topics, after: read.after, count: read.limit }).catch(() => undefined);
}

function fromStream(page: StreamPage, { filter, after, upTo = page.next }: LogRead): LogPage {
  const events = page.events.filter((event) => event.position <= upTo && matchesFilter(filter, event));
  return {
    events,
    next: Math.max(after, Math.min(page.next, upTo)),
    through: page.through,
    source: 'stream',
    bytes: page.bytes,
  };
}

async function readFromOutbox(
  pool: Pool,
  epoch: string,
  { filter, after, upTo, limit }: LogRead,
  published: LogState | undefined,
): Promise<LogPage> {
  const through = published?.through ?? (await readSink(pool, 'streams')).position;
  const last = Math.min(through, upTo ?? through);
  // what no index finds is looked for a part at a time, so that others have their turn
  const end = isNarrow(filter) ? last : Math.min(last, after + maxSearched);
  const rows = end > after ? await searchOutbox(pool, { ...filter, after, upTo: end, limit }) : [];
  const newest = published?.newest && (await newestEvent(pool, through));
  // read after the rows: retention may have dropped some of them meanwhile
  const log = await readLogRow(pool);
  refuseOther(epoch, log.epoch);
  if (after < log.floor) throw new RetentionPassedError(log.floor);
  if (published?.newest && published.newest.position > log.floor && newest?.id !== published.newest.id) {
    // it came back older, or has passed the log since: once the relay has seen it, the epoch changes
    throw new Error('Postgres does not hold the newest event of the log in Redis');
  }
  const next = rows.length === limit ? rows.at(-1)!.position : Math.max(after, end);
  const bytes = rows.reduce((sum, { envelope }) => sum + envelope.length, 0);
  return { events: rows.map(rowToEvent), next, through, source: 'outbox', bytes };
}

function refuseOther(epoch: string, now: string): void {
  if (now !== epoch) throw new EpochChangedError(`the log's epoch is now ${now}`);
}

/** The cursor is older than what the outbox still holds. */
export class RetentionPassedError extends DomainError {
  /** The oldest position that can still be read after */
  readonly oldest: number;

  constructor(oldest: number) {
    super(
      'CURSOR_EXPIRED',
      'The cursor is older than the history that is kept. Read the state anew, then subscribe.',
    );
    this.oldest = oldest;
  }
}

export function rowToEvent(row: OutboxRow): LogEvent {
  return toEvent(row.position, row.envelope);
}
