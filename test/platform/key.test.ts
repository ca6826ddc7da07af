import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type KeyPart, keyOf } from '../../src/platform/key.ts';

const part: fc.Arbitrary<KeyPart> = fc.oneof(
  fc.constantFrom('', ' ', 'a', 'a b', 'null', '"', '","', ':', '[]', '0', 0, 1, null, true),
  fc.string(),
  fc.array(fc.constantFrom('', 'a', null), { maxLength: 2 }),
);

test('keys are the same for the same parts, and for no others', () => {
  const parts = fc.array(part, { maxLength: 3 });
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      expect(keyOf(...one)).toBe(keyOf(...structuredClone(one)));
      if (keyOf(...one) === keyOf(...other)) expect(one).toEqual(other);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  [
    ['a b', 'c'],
    ['a', 'b c'],
  ],
  [
    ['', null],
    [null, ''],
  ],
  [['null'], [null]],
  [['1'], [1]],
  [[['a'], 'b'], [['a', 'b']]],
] as const)('%j and %j are two', (one, other) => {
  expect(keyOf(...one)).not.toBe(keyOf(...other));
});
