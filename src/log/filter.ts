import type { LogEvent } from '../events/envelope.ts';
import { matchesType } from '../events/patterns.ts';
import type { OutboxFilter } from '../outbox/read-outbox.ts';

/** What a reader wants of the log; all given parts must hold. Topics are always named: they decide what is read. */
export interface LogFilter extends OutboxFilter {
  readonly topics: readonly string[];
}

/** Whether an event of one of the filter's topics passes the rest of the filter. */
export function matchesFilter(filter: OutboxFilter, event: LogEvent): boolean {
  return (
    (filter.topics === undefined || filter.topics.includes(event.topic)) &&
    (filter.types === undefined || matchesType(filter.types, event.type)) &&
    (filter.aggregateId === undefined || filter.aggregateId === event.aggregateId) &&
    (filter.correlationId === undefined || filter.correlationId === event.correlationId) &&
    (filter.keys === undefined || filter.keys.every((key) => event.keys.includes(key)))
  );
}

/** Whether the filter names something that few events have, so that an index finds them faster than a scan. */
export function isNarrow(filter: OutboxFilter): boolean {
  return (
    filter.aggregateId !== undefined || filter.correlationId !== undefined || (filter.keys?.length ?? 0) > 0
  );
}
