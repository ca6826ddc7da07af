import type { LogEvent } from '../events/envelope.ts';
import { orderingKey } from '../events/ordering.ts';

/** Whose inbox and dead letters are meant. */
export interface Receiver {
  readonly name: string;
  readonly ordered?: { readonly by: string };
}

/** What the consumer keeps the event's order by; undefined when it keeps none. */
export const keyFor = ({ ordered }: Receiver, event: LogEvent): string | undefined =>
  ordered && orderingKey(event, ordered.by);
