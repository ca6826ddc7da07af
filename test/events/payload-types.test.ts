import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { payloadTypes } from './payload-types.ts';

const typesOf = (schema: z.ZodType) => payloadTypes(z.object({ field: schema }));

test('the types of a payload read as TypeScript does', () => {
  const line = z.object({ product: z.string(), count: z.int().min(1), note: z.string().optional() });
  const schema = z.object({
    lines: z.array(line),
    paid: z.boolean().nullable(),
    at: z.iso.datetime().optional(),
    by: z.union([z.literal('card'), z.object({ cheque: z.string() })]),
  });
  expect(payloadTypes(schema)).toEqual({
    lines: 'Array<{ count: integer minimum 1 maximum 9007199254740991; note?: string; product: string }>',
    paid: 'boolean | null',
    'at?': 'string format "date-time"',
    by: "'card' | { cheque: string }",
  });
});

describe('the types of a payload', () => {
  test.each([
    ['a list of what may be null', z.array(z.string().nullable()), z.array(z.string()).nullable()],
    [
      'a field further in',
      z.object({ a: z.object({ b: z.int() }) }),
      z.object({ a: z.object({ b: z.string() }) }),
    ],
    ['whether it must be there', z.object({ a: z.int() }), z.object({ a: z.int().optional() })],
    ['what a record holds', z.record(z.string(), z.int()), z.record(z.string(), z.string())],
    ['what a tuple holds', z.tuple([z.string(), z.int()]), z.tuple([z.int(), z.string()])],
    ['a variant', z.union([z.string(), z.int()]), z.string()],
    ['a format', z.uuid(), z.string()],
    ['a pattern', z.string().regex(/^a/), z.string().regex(/^b/)],
    ['a default', z.string().default('a'), z.string().default('b')],
    ['whether others may be there', z.object({ a: z.int() }), z.strictObject({ a: z.int() })],
  ])('tell %s', (_what, one, other) => {
    expect(typesOf(one)).not.toEqual(typesOf(other));
  });

  test.each([
    ['the order of an enum', z.enum(['a', 'b']), z.enum(['b', 'a'])],
    ['the order of fields', z.object({ a: z.int(), b: z.int() }), z.object({ b: z.int(), a: z.int() })],
    ['descriptions', z.string().describe('of one thing'), z.string().describe('of another')],
  ])('leave out %s', (_what, one, other) => {
    expect(typesOf(one)).toEqual(typesOf(other));
  });

  test('of what is no object are one', () => {
    expect(payloadTypes(z.union([z.string(), z.null()]))).toEqual({ '*': 'null | string' });
  });
});
