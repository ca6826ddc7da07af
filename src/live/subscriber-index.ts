/**
 * Who wants an event: subscribers are found by the most telling thing that their filter names, so that an event for
 * one user touches that user's subscribers and nobody else's.
 */
import type { LogEvent } from '../events/envelope.ts';
import { type LogFilter, matchesFilter } from '../log/filter.ts';

export interface Subscriber {
  readonly filter: LogFilter;
  receive(event: LogEvent): void;
}

export class SubscriberIndex {
  readonly #byEntry = new Map<string, Set<Subscriber>>();

  add(subscriber: Subscriber): void {
    for (const entry of entriesOf(subscriber.filter)) {
      const subscribers = this.#byEntry.get(entry);
      if (subscribers) subscribers.add(subscriber);
      else this.#byEntry.set(entry, new Set([subscriber]));
    }
  }

  remove(subscriber: Subscriber): void {
    for (const entry of entriesOf(subscriber.filter)) {
      const subscribers = this.#byEntry.get(entry);
      subscribers?.delete(subscriber);
      if (subscribers?.size === 0) this.#byEntry.delete(entry);
    }
  }

  /** Gives the event to every subscriber whose filter it passes, once each. */
  deliver(event: LogEvent): void {
    this.#deliverTo(`aggregate ${event.aggregateId}`, event);
    this.#deliverTo(`correlation ${event.correlationId}`, event);
    for (const key of new Set(event.keys)) this.#deliverTo(`key ${key}`, event);
    this.#deliverTo(`topic ${event.topic}`, event);
  }

  #deliverTo(entry: string, event: LogEvent): void {
    const subscribers = this.#byEntry.get(entry);
    if (!subscribers) return;
    for (const subscriber of subscribers) {
      if (matchesFilter(subscriber.filter, event)) subscriber.receive(event);
    }
  }
}

/** One entry for a filter that names something rare, else one per topic: an event meets each subscriber once. */
function entriesOf({ aggregateId, correlationId, keys, topics }: LogFilter): readonly string[] {
  if (aggregateId !== undefined) return [`aggregate ${aggregateId}`];
  if (correlationId !== undefined) return [`correlation ${correlationId}`];
  if (keys?.[0] !== undefined) return [`key ${keys[0]}`];
  return topics.map((topic) => `topic ${topic}`);
}
