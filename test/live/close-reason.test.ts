import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closeReason } from '../../src/live/socket/close-reason.ts';

const characters = fc
  .array(fc.constantFrom('a', '\\n', 'é', '€', '😀', '\ud800'), { maxLength: 200 })
  .map((list) => list.join(''));

test('a reason has at most 123 bytes, whole characters, and all of them when they fit', () => {
  fc.assert(
    fc.property(characters, (text) => {
      const cut = closeReason(text);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(123);
      expect(text.startsWith(cut)).toBe(true);
      if (text.isWellFormed()) expect(cut.isWellFormed()).toBe(true);
      if (Buffer.byteLength(text) <= 123) expect(cut).toBe(text);
      else expect(Buffer.byteLength(cut)).toBeGreaterThan(119);
    }),
  );
});
