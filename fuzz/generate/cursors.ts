/** Cursors that nobody gave out, and some that might have been. */
import fc from 'fast-check';
import { encodeCursor } from '../../src/live/cursor.ts';
import { words } from './text.ts';

export const cursors: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(fc.oneof(fc.uuid(), words), fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double()))
    .map(([epoch, position]) => encodeCursor(epoch, position)),
  fc.base64String({ maxLength: 60 }),
  words,
);
