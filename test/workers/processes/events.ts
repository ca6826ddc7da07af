/** What the reactions of these tests react to. */
import { z } from 'zod';
import { defineEvent } from '../../../src/events/define-event.ts';

const place = { topic: 'video', aggregateType: 'walk' } as const;
const numbered = z.object({ n: z.int() });

/** A walk's next step; `n` counts them from 1 */
export const stepTaken = defineEvent('walk.step_taken', numbered, place);

/** The same of a run, and as newer code knows it */
export const strideTaken = defineEvent('walk.stride_taken', numbered, place);
export const longStrideTaken = strideTaken.next(numbered.extend({ metres: z.number() }), ({ n }) => ({
  n,
  metres: 1,
}));

/** Pairs that can set each other off */
export const pinged = defineEvent('walk.pinged', numbered, place);
export const ponged = defineEvent('walk.ponged', numbered, place);
export const tossed = defineEvent('walk.tossed', numbered, place);
export const caught = defineEvent('walk.caught', numbered, place);

export const eventTypes = [stepTaken, strideTaken, pinged, ponged, tossed, caught].map(({ type }) => type);
