import type { Redis } from 'ioredis';
import type { LogEvent } from '../events/envelope.ts';
import type { LogKeys } from './keys.ts';

/** One page of several topics' streams, merged. */
export interface StreamPage {
  readonly through: number;
  /** False when a stream does not reach back to `after`; then there are no events */
  readonly complete: boolean;
  readonly events: readonly LogEvent[];
  /** Everything of these topics up to here is in this page or was before `after` */
  readonly next: number;
  /** Length of all the envelopes that were read */
  readonly bytes: number;
}

/**
 * Reads the topics' events above `after` in position order, at most `count` of each stream. Undefined when Redis
 * holds no log. The transaction makes floors, `through` and entries one moment's truth.
 */
export async function readStreams(
  redis: Redis,
  keys: LogKeys,
  { topics, after, count }: { topics: readonly string[]; after: number; count: number },
): Promise<StreamPage | undefined> {
  const transaction = redis.multi().hmget(keys.meta, 'incarnation', 'through').hgetall(keys.floors);
  for (const topic of topics) transaction.xrange(keys.topic(topic), `(${after}-0`, '+', 'COUNT', count);
  const replies = (await transaction.exec())!.map(([error, reply]) => {
    if (error) throw error;
    return reply;
  });
  const [[incarnation, throughText], floors, ...streams] = replies as [
    [string | null, string | null],
    Record<string, string>,
    ...[string, string[]][][],
  ];
  if (!incarnation) return undefined;
  const through = Number(throughText);
  const floor = Math.max(...topics.map((topic) => Number(floors[topic] ?? floors['*'])));
  if (floor > after) return { through, complete: false, events: [], next: after, bytes: 0 };

  // a stream that COUNT cut short says nothing about what comes after its last entry, so nothing beyond is released
  const cuts = streams
    .filter((entries) => entries.length === count)
    .map((entries) => positionOf(entries.at(-1)![0]));
  const next = Math.max(after, Math.min(through, ...cuts));
  const entries = streams.flat();
  const bytes = entries.reduce((sum, [, fields]) => sum + fields[1]!.length, 0);
  const events = entries
    .map(([id, fields]) => toEvent(positionOf(id), fields[1]!))
    .filter((event) => event.position <= next);
  if (streams.length > 1) events.sort((a, b) => a.position - b.position);
  return { through, complete: true, events, next, bytes };
}

/** An event from the JSON text of its envelope. */
export function toEvent(position: number, envelope: string): LogEvent {
  return { ...JSON.parse(envelope), position };
}

const positionOf = (entryId: string) => Number(entryId.slice(0, entryId.indexOf('-')));
