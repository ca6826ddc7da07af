/**
 * Who wants an event: subscribers are found by the most telling thing that their filter names, so that an event for
 * one user touches that user's subscribers and nobody else's, however many there are.
 */
import type { LogEvent } from '../events/envelope.ts';
import { isOneType } from '../events/patterns.ts';
import { type LogFilter, matchesFilter } from '../log/filter.ts';

export interface Subscriber {
  readonly filter: LogFilter;
  receive(event: LogEvent): void;
}

export class SubscriberIndex<Kind extends Subscriber = Subscriber> {
  readonly #byEntry = new Map<string, Set<Kind>>();

  add(subscriber: Kind): void {
    for (const entry of filterEntries(subscriber.filter)) {
      const subscribers = this.#byEntry.get(entry);
      if (subscribers) subscribers.add(subscriber);
      else this.#byEntry.set(entry, new Set([subscriber]));
    }
  }

  remove(subscriber: Kind): void {
    for (const entry of filterEntries(subscriber.filter)) {
      const subscribers = this.#byEntry.get(entry);
      subscribers?.delete(subscriber);
      if (subscribers?.size === 0) this.#byEntry.delete(entry);
    }
  }

  /** Gives the event to every subscriber whose filter it passes, once each, and notes whom it reached. */
  deliver(event: LogEvent, reached: Set<Kind>): void {
    for (const entry of eventEntries(event)) {
      const subscribers = this.#byEntry.get(entry);
      if (!subscribers) continue;
      for (const subscriber of subscribers) {
        if (!matchesFilter(subscriber.filter, event)) continue;
        subscriber.receive(event);
        reached.add(subscriber);
      }
    }
  }
}

/**
 * What is asked for, in words that an event can be found by: one for a filter that names something rare, else one per
 * type or topic. An event has at most one of a filter's entries, so that it meets each subscriber once.
 */
export function filterEntries({ aggregateId, correlationId, keys, types, topics }: LogFilter): string[] {
  if (aggregateId !== undefined) return [aggregateEntry(aggregateId)];
  if (correlationId !== undefined) return [correlationEntry(correlationId)];
  if (keys?.[0] !== undefined) return [keyEntry(keys[0])];
  // a pattern such as video.* is as wide as a topic
  if (types?.every(isOneType)) return [...new Set(types)].map(typeEntry);
  return topics.map(topicEntry);
}

/** Every word that a filter can ask for this event by. */
export function eventEntries(event: LogEvent): string[] {
  return [
    aggregateEntry(event.aggregateId),
    correlationEntry(event.correlationId),
    ...new Set(event.keys.map(keyEntry)),
    typeEntry(event.type),
    topicEntry(event.topic),
  ];
}

/** No kind holds a space, so that the same text is the same kind and name. Not keyOf: this is made of every event. */
const entry = (kind: 'aggregate' | 'correlation' | 'key' | 'type' | 'topic', name: string) =>
  `${kind} ${name}`;
const aggregateEntry = (id: string) => entry('aggregate', id);
const correlationEntry = (id: string) => entry('correlation', id);
const keyEntry = (key: string) => entry('key', key);
const typeEntry = (type: string) => entry('type', type);
const topicEntry = (topic: string) => entry('topic', topic);
