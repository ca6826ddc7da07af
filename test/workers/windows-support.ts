/** A processor that counts who watches what in each minute, and tells of every minute that is over. */
import { z } from 'zod';
import { defineEvent } from '../../src/events/define-event.ts';
import type { ProcessorReaction } from '../../src/workers/reaction.ts';
import type { LateEvents } from '../../src/workers/windows/declaration.ts';
import { tumbling } from '../../src/workers/windows/tumbling.ts';

export const minuteMs = 60_000;
/** A full minute, long ago */
export const base = Date.parse('2026-01-01T00:00:00Z');

export const watched = defineEvent('video.watched', z.object({ video: z.string(), n: z.int() }), {
  topic: 'test',
  aggregateType: 'watch',
});

export const minuteClosed = defineEvent(
  'video.minute_closed',
  z.object({ video: z.string(), numbers: z.array(z.int()), events: z.int() }),
  { topic: 'test', aggregateType: 'minute' },
);

export interface MinutesOptions {
  readonly name?: string;
  readonly slots?: number;
  readonly batchSize?: number;
}

/** With 10 s of allowed lateness. Its fold changes the state in place, as one that is written without care would. */
export function minutes(late: LateEvents, options: MinutesOptions = {}): ProcessorReaction {
  return tumbling({
    name: 'minutes',
    ...options,
    events: [watched],
    tables: [],
    sizeMs: minuteMs,
    allowedLatenessMs: 10_000,
    ...late,
    key: (event) => event.payload.video,
    state: z.object({ numbers: z.array(z.int()) }),
    initial: { numbers: [] },
    fold(state, event) {
      state.numbers.push(event.payload.n);
      return state;
    },
    async closed(_tx, { key, start, end, state, events, version }, context) {
      context.record(
        minuteClosed.of({
          aggregateId: `${key} ${start.toISOString().slice(11, 16)}`,
          aggregateVersion: version,
          occurredAt: end,
          payload: { video: key, numbers: state.numbers, events },
        }),
      );
      state.numbers.push(-1); // what is done to it here is not kept
    },
  });
}

/** Every minute that was told of, in order, as text: `video 00:01 v1: 1,2,3`. */
export const minutesClosed = `
  SELECT aggregate_id || ' v' || aggregate_version || ': '
         || (SELECT string_agg(n, ',') FROM jsonb_array_elements_text(payload->'numbers') AS n) AS told
    FROM outbox WHERE type = 'video.minute_closed' ORDER BY position`;
