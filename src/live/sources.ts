/** The sources of subscription fields: events that can be resumed, and signals that tell what is true now. */
import type { LogEvent } from '../events/envelope.ts';
import type { LogFilter } from '../log/filter.ts';
import type { LogReader } from '../log/reader.ts';
import { decodeCursor, encodeCursor, invalidCursor } from './cursor.ts';
import { follow } from './follow.ts';
import type { LiveSource } from './subscribe.ts';
import type { Tail } from './tail.ts';

export interface EventSources {
  /**
   * The matching events after the cursor, or from now on, in order, each once. Throws CURSOR_INVALID for what is no
   * cursor of this log; later, when the cursor is older than what is kept, CURSOR_EXPIRED.
   */
  events(filter: LogFilter, after: string | null | undefined): Promise<LiveSource<LogEvent>>;
}

export interface EventSourcesOptions {
  readonly tail: Tail;
  readonly openReader: () => Promise<LogReader>;
  /** The newest position given out by the outbox */
  readonly newestPosition: () => Promise<number>;
}

export function createEventSources({ tail, openReader, newestPosition }: EventSourcesOptions): EventSources {
  return {
    async events(filter, after) {
      const { epoch } = tail;
      const position = after == null ? undefined : decodeCursor(epoch, after);
      if (position !== undefined && position > tail.position && position > (await newestPosition())) {
        throw invalidCursor('This cursor is ahead of the log: it was not given out by this API.');
      }
      return toSource(follow({ tail, openReader, filter, after: position }), epoch);
    },
  };
}

function toSource(following: ReturnType<typeof follow>, epoch: string): LiveSource<LogEvent> {
  const source: LiveSource<LogEvent> = {
    async next() {
      const { done, value } = await following.next();
      if (done) return { done: true, value: undefined };
      return { done: false, value: { value, cursor: encodeCursor(epoch, value.position) } };
    },
    async return() {
      await following.return();
      return { done: true, value: undefined };
    },
    progress: () => encodeCursor(epoch, following.progress),
    [Symbol.asyncIterator]: () => source,
  };
  return source;
}
