/** Texts that programs stumble over. */
import fc from 'fast-check';
import type { Text } from '../attack.ts';

/** Short ones, also such as databases, JSON and JavaScript have their own mind about. */
export const words: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    'ada',
    'v0',
    'metropolis',
    '__proto__',
    'constructor',
    'toString',
    'null',
    '-1',
    '0',
    '9007199254740993',
  ),
  fc.constantFrom(
    'a\u0000b',
    '\ud800',
    '\u202e',
    "'; DROP TABLE outbox; --",
    '%s%n',
    '../../etc/passwd',
    '{{7*7}}',
    '*',
    'video.*',
    '.',
  ),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

const repeated = fc.record({
  repeat: fc.constantFrom('x', '[', '{"a":', '\u0000', '9', 'é', '"', '\\', ' '),
  times: fc.constantFrom(10, 1_000, 20_000, 150_000, 1_100_000),
});

/** Now and then enormous ones. */
export const texts: fc.Arbitrary<Text> = fc.oneof(
  { weight: 6, arbitrary: words.map((word): Text => [word]) },
  { weight: 1, arbitrary: repeated.map((part): Text => [part]) },
  { weight: 1, arbitrary: fc.tuple(words, repeated, words).map((parts): Text => parts) },
);

/** Values as JSON has them, nested and not. */
export const jsons: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  words,
  fc.constantFrom(null, true, -1, 0, 1e21, 2 ** 31, 2 ** 53, 0.5, [], {}),
);
