import type { AnyEventDefinition } from '../../events/catalogue.ts';
import type { EventsSource } from '../../live/sources.ts';
import type { OutboxFilter } from '../../outbox/read-outbox.ts';
import type { Context } from '../context.ts';

/** Where a client wants to go on; what it comes back with is newer than what its document says. */
export type After = { readonly after?: string | null | undefined };

/** The matching events after the client's cursor, or from now on. */
export function eventSource(
  filter: OutboxFilter,
  { after }: After,
  { services, resumeAfter }: Context,
): Promise<EventsSource> {
  const topics = services.catalogue.topicsOf(filter.types);
  return services.sources.events({ ...filter, topics }, resumeAfter ?? after);
}

/** The types of these events, for a filter. */
export const typesOf = (...definitions: readonly AnyEventDefinition[]) => definitions.map(({ type }) => type);
