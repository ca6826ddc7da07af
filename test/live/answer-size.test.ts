import { GraphQLError, OperationTypeNode, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { limited } from '../../src/live/answer-limit.ts';
import { jsonBytes } from '../../src/live/answer-size.ts';
import { countFields } from '../../src/live/field-count.ts';

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

describe('the size of an answer', () => {
  test('is exactly what it takes as JSON', () => {
    for (const value of [
      {},
      [],
      [[]],
      { a: { b: [1, -0, 1e21, 0.1, true, false, null] } },
      'é',
      '😀',
      'a\u007fb',
    ]) {
      expect(jsonBytes(value, Number.POSITIVE_INFINITY)).toBe(bytesOf(value));
    }
    const odd = {
      at: new Date(0),
      missing: undefined,
      list: [undefined, Number.NaN],
      half: '\ud800',
      control: '\u0000"\\\n',
      error: new GraphQLError('no', { extensions: { code: 'X' } }),
      nothing: Object.create(null),
    };
    expect(jsonBytes(odd, Number.POSITIVE_INFINITY)).toBe(bytesOf(odd));
  });

  test('is told without going through what is beyond the bound', () => {
    let seen = 0;
    const counted = {
      toJSON() {
        seen += 1;
        return 'x'.repeat(998);
      },
    };
    expect(jsonBytes(Array(1_000_000).fill(counted), 10_000)).toBeGreaterThanOrEqual(10_000);
    expect(seen).toBeLessThanOrEqual(11);
  });
});

describe('an answer that is too large', () => {
  const large = 'x'.repeat(1_000);

  test('is an error without data; one that fits is left as it is', () => {
    const result = { data: { a: large }, extensions: { correlationId: 'c' } };
    expect(limited(result, bytesOf(result), OperationTypeNode.QUERY)).toBe(result);
    const refused = limited(result, bytesOf(result) - 1, OperationTypeNode.QUERY);
    expect(refused).toMatchObject({
      data: null,
      errors: [{ message: expect.stringContaining('larger than'), extensions: { code: 'BAD_USER_INPUT' } }],
      extensions: { correlationId: 'c' },
    });
  });

  test('to mutations says which were done, and which were not', () => {
    const errors = [new GraphQLError('no', { path: ['c'] })];
    const refused = limited(
      { data: { a: large, b: null, c: null }, errors },
      500,
      OperationTypeNode.MUTATION,
    );
    expect(refused.errors).toMatchObject([{ extensions: { done: ['a', 'b'], failed: ['c'] } }]);
  });
});

describe('the fields of a document', () => {
  test.each([
    ['{ a b { c d } ... on Query { e } }', 5],
    ['query A { a } query B { a b c }', 3],
    ['{ ...F ...F } fragment F on Query { a { ...G } } fragment G on T { x y }', 6],
    ['{ ...F } fragment F on Query { a ...F }', 1],
  ])('%s: %i', (text, count) => {
    expect(countFields(parse(text))).toBe(count);
  });

  test('are counted at once, however often fragments multiply them', () => {
    const fragments = Array.from(
      { length: 500 },
      (_, n) => `fragment F${n} on T { a { ...F${n + 1} } b { ...F${n + 1} } }`,
    );
    const text = `{ ...F0 } ${fragments.join(' ')} fragment F500 on T { x }`;
    expect(countFields(parse(text))).toBeGreaterThan(1e100);
  });
});
