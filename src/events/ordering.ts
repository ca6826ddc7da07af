/** What a consumer keeps the order of events by. */
import type { Envelope } from './envelope.ts';

/** `aggregate`, or the kind of one of the events' keys: `user` for keys such as `user:42`. */
export type OrderedBy = string;

/** Events with the same ordering key are handled in order; one that has no key of the kind goes by its aggregate. */
export function orderingKey(
  { aggregateType, aggregateId, keys }: Pick<Envelope, 'aggregateType' | 'aggregateId' | 'keys'>,
  by: OrderedBy,
): string {
  const key = by === 'aggregate' ? undefined : keys.find((each) => each.startsWith(`${by}:`));
  return key ?? `${aggregateType}/${aggregateId}`;
}
