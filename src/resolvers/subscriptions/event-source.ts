import type { AnyEventDefinition } from '../../events/catalogue.ts';
import type { LogEvent } from '../../events/envelope.ts';
import type { LiveSource } from '../../live/subscribe.ts';
import type { OutboxFilter } from '../../outbox/read-outbox.ts';
import type { Context } from '../context.ts';

/** Where a client wants to go on; what an event stream reconnects with is newer than what its URL says. */
export type After = { readonly after?: string | null | undefined };

/** The matching events after the client's cursor, or from now on. */
export function eventSource(
  filter: OutboxFilter,
  { after }: After,
  { services, lastEventId }: Context,
): Promise<LiveSource<LogEvent>> {
  const topics = services.catalogue.topicsOf(filter.types);
  return services.sources.events({ ...filter, topics }, lastEventId ?? after);
}

/** The types of these events, for a filter. */
export const typesOf = (...definitions: readonly AnyEventDefinition[]) => definitions.map(({ type }) => type);
