import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogEvent } from '../../src/events/envelope.ts';
import { RecentEvents } from '../../src/live/recent-events.ts';
import { type Subscriber, SubscriberIndex } from '../../src/live/subscriber-index.ts';
import { type LogFilter, matchesFilter } from '../../src/log/filter.ts';

test('what is held in memory answers every question as the whole log would, as far back as its floor', () => {
  fc.assert(
    fc.property(
      events,
      filter,
      fc.nat(60),
      fc.nat(60),
      fc.integer({ min: 1, max: 8 }),
      (log, wanted, a, b, limit) => {
        const recent = new RecentEvents(0, { maxEvents: 20, maxBytes: 1_500 });
        for (const event of log) recent.add(event, 100);
        expect(recent.size).toBe(Math.min(log.length, 15));

        const [after, upTo] = [Math.max(recent.floor, Math.min(a, b)), Math.max(a, b, recent.floor)];
        const matching = log.filter(
          (event) => event.position > after && event.position <= upTo && matchesFilter(wanted, event),
        );
        const page = recent.read({ filter: wanted, after, upTo, limit });
        expect(page.events).toEqual(matching.slice(0, limit));
        expect(page.next).toBe(page.events.length === limit ? page.events.at(-1)!.position : upTo);
      },
    ),
    { numRuns: 1_000 },
  );
});

test('an event reaches every subscriber that it matches, once, and no other; and none that has left', () => {
  fc.assert(
    fc.property(events, fc.array(fc.tuple(filter, fc.boolean()), { maxLength: 12 }), (log, wishes) => {
      const index = new SubscriberIndex<Collector>();
      const subscribers = wishes.map(([wish, stays]) => ({ ...collector(wish), stays }));
      for (const subscriber of subscribers) index.add(subscriber);
      for (const subscriber of subscribers) if (!subscriber.stays) index.remove(subscriber);

      const reached = new Set<Collector>();
      for (const event of log) index.deliver(event, reached);
      for (const subscriber of subscribers) {
        const matching = log.filter((event) => subscriber.stays && matchesFilter(subscriber.filter, event));
        expect(subscriber.received).toEqual(matching);
        expect(reached.has(subscriber)).toBe(matching.length > 0);
      }
    }),
    { numRuns: 1_000 },
  );
});

interface Collector extends Subscriber {
  readonly received: LogEvent[];
}

function collector(wish: LogFilter): Collector {
  const received: LogEvent[] = [];
  return { filter: wish, received, receive: (event) => void received.push(event) };
}

const types = ['video.started', 'video.stopped', 'mail.sent'] as const;
const few = (prefix: string) => fc.constantFrom(`${prefix}1`, `${prefix}2`, `${prefix}3`);

/** A log with gaps in its positions. */
const events = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 1, max: 3 }),
      type: fc.constantFrom(...types),
      aggregateId: few('a'),
      correlationId: few('c'),
      keys: fc.uniqueArray(few('k'), { maxLength: 3 }),
    }),
    { maxLength: 30 },
  )
  .map((entries) => {
    let position = 0;
    return entries.map(({ gap, ...event }) => {
      position += gap;
      return { ...event, position, topic: event.type.split('.')[0] } as unknown as LogEvent;
    });
  });

const filter: fc.Arbitrary<LogFilter> = fc.record({
  topics: fc.constantFrom(['video'], ['mail'], ['video', 'mail']),
  types: fc.option(fc.uniqueArray(fc.constantFrom(...types, 'video.*'), { minLength: 1 }), {
    nil: undefined,
  }),
  aggregateId: fc.option(few('a'), { nil: undefined, freq: 2 }),
  correlationId: fc.option(few('c'), { nil: undefined, freq: 2 }),
  keys: fc.option(fc.uniqueArray(few('k'), { maxLength: 2 }), { nil: undefined }),
});
