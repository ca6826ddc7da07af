/** A page of the log, forwards or backwards, never beyond what is published or known as the head. */
import type { Pool } from 'pg';
import type { LogEvent } from '../events/envelope.ts';
import { RetentionPassedError, rowToEvent } from '../log/reader.ts';
import { readLogRow } from '../outbox/log-row.ts';
import { type OutboxFilter, searchOutbox } from '../outbox/read-outbox.ts';

/** The log as queries read it. */
export interface LogReads {
  /** How far the log is published. */
  through(): Promise<number>;
  /** Throws CURSOR_EXPIRED when `after` is older than what is kept. */
  page(request: PageRequest): Promise<EventPage>;
}

/** The first or the last of the matching events between `after` and `before`, both excluded. */
export interface PageRequest {
  readonly filter: OutboxFilter;
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  readonly from: 'first' | 'last';
  readonly count: number;
  /** The `head` that the request is told: everything up to it is shown, also where it is not published yet */
  readonly head?: number | undefined;
}

export interface EventPage {
  /** In position order, from whichever end the page was taken */
  readonly events: readonly LogEvent[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** `through`, and the `head` of a request, must be no further than a safe horizon of an earlier statement. */
export function createLogReads(pool: Pool, through: () => Promise<number>): LogReads {
  return {
    through,
    page: async (request) => readPage(pool, Math.max(await through(), request.head ?? 0), request),
  };
}

async function readPage(pool: Pool, through: number, request: PageRequest): Promise<EventPage> {
  const { filter, after = 0, before = through + 1, from, count } = request;
  const backwards = from === 'last';
  const upTo = Math.min(through, before - 1);
  const search = (range: { after: number; upTo: number }, limit: number, newestFirst: boolean) =>
    range.upTo > range.after
      ? searchOutbox(pool, { ...filter, ...range, limit, backwards: newestFirst })
      : [];
  const [rows, earlier, later] = await Promise.all([
    search({ after, upTo }, count + 1, backwards),
    search({ after: 0, upTo: Math.min(after, through) }, 1, true),
    search({ after: upTo, upTo: through }, 1, false),
  ]);
  // read after the rows: retention may have dropped some of them meanwhile
  const { floor } = await readLogRow(pool);
  if (request.after !== undefined && after < floor) throw new RetentionPassedError(floor);
  const events = rows.slice(0, count).map(rowToEvent);
  const more = rows.length > count;
  return {
    events: backwards ? events.reverse() : events,
    hasNextPage: later.length > 0 || (more && !backwards),
    hasPreviousPage: earlier.length > 0 || (more && backwards),
  };
}
