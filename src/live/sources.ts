/** What subscription fields give: where their items come from. Events can be resumed; signals tell what is true now. */
import type { LogFilter } from '../log/filter.ts';
import { decodeCursor, invalidCursor } from './cursor.ts';
import type { SignalWatch } from './signals.ts';
import type { Tail } from './tail.ts';

export type LiveSource = EventsSource | SignalSource;

/** To graphql-js a source has to look like what could be iterated; the groups read it in their own way. */
abstract class Source {
  [Symbol.asyncIterator](): never {
    throw new Error('a live source is read by a group');
  }
}

/** The matching events after a position of a log, or from now on. */
export class EventsSource extends Source {
  readonly epoch: string;
  readonly filter: LogFilter;
  readonly after: number | undefined;

  constructor(epoch: string, filter: LogFilter, after: number | undefined) {
    super();
    this.epoch = epoch;
    this.filter = filter;
    this.after = after;
  }
}

/** A value of now, and its changes. */
export class SignalSource extends Source {
  readonly watch: SignalWatch<unknown>;

  constructor(watch: SignalWatch<unknown>) {
    super();
    this.watch = watch;
  }
}

export interface Sources {
  /**
   * The matching events after the cursor, or from now on, in order, each once. Throws CURSOR_INVALID for what is no
   * cursor of this log; a cursor that is older than what is kept ends the subscription with CURSOR_EXPIRED.
   */
  events(filter: LogFilter, after: string | null | undefined): Promise<EventsSource>;
  signal<Value>(watch: SignalWatch<Value>): SignalSource;
}

export interface SourcesOptions {
  readonly tail: Tail;
  /** The newest position given out by the outbox */
  readonly newestPosition: () => Promise<number>;
}

export function createSources({ tail, newestPosition }: SourcesOptions): Sources {
  /** Another process may have read further than this one; only a cursor that nobody can have given out is refused. */
  const isAhead = async (position: number) =>
    position > tail.position &&
    position > (await tail.reader.through()) &&
    position > (await newestPosition());

  return {
    async events(filter, after) {
      const { epoch } = tail;
      const position = after == null ? undefined : decodeCursor(epoch, after);
      if (position !== undefined && (await isAhead(position))) {
        throw invalidCursor('This cursor is ahead of the log: it was not given out by this API.');
      }
      return new EventsSource(epoch, filter, position);
    },
    signal: (watch) => new SignalSource(watch as SignalWatch<unknown>),
  };
}
