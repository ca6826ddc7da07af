/** Tokens as strangers make them. None of them is signed with the secret of the api. */
import fc from 'fast-check';
import type { Text } from '../attack.ts';
import { jsons, words } from './text.ts';

const part = (value: unknown) => Buffer.from(JSON.stringify(value) ?? 'null').toString('base64url');

const forged = fc
  .tuple(
    fc.constantFrom('none', 'HS256', 'RS256', 'HS512', ''),
    jsons,
    fc.constantFrom(0, 1, 1e12, -1, null),
    words,
  )
  .map(
    ([alg, sub, exp, signature]) => `${part({ alg, typ: 'JWT' })}.${part({ sub, exp })}.${part(signature)}`,
  );

/** Values for `Authorization`; none has a line break, which no header can have. */
export const authorizations: fc.Arbitrary<Text> = fc.oneof(
  forged.map((token): Text => [`Bearer ${token}`]),
  fc.constantFrom<Text>(
    ['Bearer '],
    ['Bearer'],
    ['Basic YTpi'],
    ['Bearer ..'],
    ['Bearer ', { repeat: 'x', times: 7_000 }],
  ),
  words.map((word): Text => [`Bearer ${word.replace(/[^\x20-\x7e]/g, '?')}`]),
);
