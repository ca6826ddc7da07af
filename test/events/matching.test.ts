import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  badgeAwarded,
  heartbeat,
  qualityChanged,
  streamingEvents,
  watchStarted,
  watchStopped,
} from '../../src/domains/streaming/events.ts';
import { type AnyEventDefinition, createCatalogue } from '../../src/events/catalogue.ts';
import type { EventOf } from '../../src/events/define-event.ts';
import { matching } from '../../src/events/patterns.ts';
import { processor, queueReaction } from '../../src/workers/reaction.ts';

type OfVideo = EventOf<typeof watchStarted | typeof qualityChanged | typeof watchStopped | typeof heartbeat>;

describe('matching', () => {
  test('gives the definitions that a pattern names, in their own order, and no other', () => {
    expect(matching(streamingEvents, 'video.*')).toEqual([
      watchStarted,
      qualityChanged,
      watchStopped,
      heartbeat,
    ]);
    expect(matching(streamingEvents, 'badge.awarded', 'video.heartbeat')).toEqual([heartbeat, badgeAwarded]);
  });

  test('refuses a pattern that names none of them', () => {
    // @ts-expect-error and so does the compiler
    expect(() => matching(streamingEvents, 'shop.*')).toThrow('no event type matches "shop.*"');
    // @ts-expect-error a type that is misspelt
    expect(() => matching(streamingEvents, 'video.*', 'video.watch_start')).toThrow('"video.watch_start"');
  });

  test('gives handlers the union of exactly the events that the patterns name', () => {
    queueReaction({
      name: 'one',
      events: matching(streamingEvents, 'video.*'),
      async handle(_tx, event) {
        expectTypeOf(event).toEqualTypeOf<OfVideo>();
      },
    });
    queueReaction({
      name: 'batch',
      events: matching(streamingEvents, 'video.*', 'badge.awarded'),
      async handleBatch(_tx, events) {
        expectTypeOf(events).toEqualTypeOf<readonly (OfVideo | EventOf<typeof badgeAwarded>)[]>();
      },
    });
    processor({
      name: 'processor',
      events: matching(streamingEvents, 'video.watch_stopped'),
      slotKey: (event) => event.payload.userId,
      async handle(_tx, events) {
        expectTypeOf(events).toEqualTypeOf<readonly EventOf<typeof watchStopped>[]>();
      },
    });
  });

  test('takes definitions whose types are known only when they run', () => {
    const { definitions } = createCatalogue(streamingEvents);
    expectTypeOf(matching(definitions, 'badge.*')).toEqualTypeOf<readonly AnyEventDefinition[]>();
    expect(matching(definitions, 'badge.*')).toEqual([badgeAwarded]);
  });
});
