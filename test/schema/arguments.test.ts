import { graphql } from 'graphql';
import { describe, expect, test } from 'vitest';
import { resolverModules } from '../../src/app/modules.ts';
import { eventFilterOf, pageOf } from '../../src/resolvers/arguments.ts';
import { createSchema } from '../../src/schema/load-schema.ts';

const refused = expect.objectContaining({ code: 'BAD_USER_INPUT' });

describe('a page', () => {
  test('is the first fifty when nothing is asked for', () => {
    expect(pageOf({})).toEqual({ from: 'first', count: 50 });
    expect(pageOf({ first: null, last: 7 })).toEqual({ from: 'last', count: 7 });
  });

  test.each([{ first: 0 }, { first: 501 }, { last: -1 }, { first: 1, last: 1 }])('cannot be %j', (args) => {
    expect(() => pageOf(args)).toThrow(refused);
  });
});

describe('a filter', () => {
  test('takes types and whole domains', () => {
    expect(eventFilterOf({ types: ['video.watch_started', 'video.*'] }).types).toHaveLength(2);
  });

  test.each(['video', '*', 'video.**', 'Video.Started', ''])('names the type "%s" that is none', (type) => {
    expect(() => eventFilterOf({ types: ['video.*', type] })).toThrow(refused);
    expect(() => eventFilterOf({ types: ['video.*', type] })).toThrow(`"${type}"`);
  });

  test('refuses text that the database cannot hold', () => {
    expect(() => eventFilterOf({ aggregateId: 'a\0b' })).toThrow(refused);
  });
});

describe('a cursor', () => {
  test.each(['1', 'true', 'NAME', '["x"]'])('cannot be written as %s', async (literal) => {
    const source = `{ events(after: ${literal}) { edges { cursor } } }`;
    const { data, errors } = await graphql({ schema: createSchema(resolverModules), source });
    expect(data).toBeUndefined();
    expect(errors?.map((error) => error.message)).toEqual([
      expect.stringContaining('Cursor must be a string'),
    ]);
  });
});
