import { expect, test } from 'vitest';
import { parseOptions } from '../../demo/options.ts';
import { UsageError } from '../../dev/command-line.ts';

const services = ['badges', 'recommendations'];
const parse = (...args: string[]) => parseOptions(args, services);

test('without options a few viewers are simulated at a calm pace, and the demo stays up', () => {
  expect(parse()).toEqual({
    bank: false,
    data: undefined,
    limit: 300,
    rate: 20,
    seed: 1,
    without: [],
    exit: false,
    json: false,
  });
});

test('a history is replayed whole and as fast as it goes, unless told otherwise', () => {
  expect(parse('--data', 'folder')).toMatchObject({ data: 'folder', limit: undefined, rate: 'max' });
  expect(parse('--data', 'folder', '--limit', '7', '--rate', '2.5')).toMatchObject({ limit: 7, rate: 2.5 });
});

test('the bank has thousands of commands, unless told otherwise', () => {
  expect(parse('--bank')).toMatchObject({ bank: true, limit: 3_000 });
  expect(parse('--bank', '--limit', '7', '--seed', '2')).toMatchObject({ bank: true, limit: 7, seed: 2 });
});

test('services are left out by name', () => {
  expect(parse('--without', 'badges, recommendations,badges')).toMatchObject({
    without: ['badges', 'recommendations'],
  });
});

test('help is asked for', () => {
  expect(parse('--help', '--exit')).toBe('help');
});

test.each([
  [['--limit', '0'], '--limit is "0": it must be a whole number from 1 to'],
  [['--limit', '1.5'], '--limit is "1.5"'],
  [['--limit', '99999999999'], '--limit is "99999999999"'],
  [['--rate', 'fast'], '--rate is "fast": it must be viewings per second, above 0 and up to 10000, or max'],
  [['--rate', '0'], '--rate is "0"'],
  [['--seed', 'x'], '--seed is "x"'],
  [['--data', 'x', '--seed', '1'], '--seed is for simulated viewers'],
  [['--data', ''], '--data needs the name of a folder'],
  [['--without', 'nobody'], 'there is no such service. There are: badges, recommendations'],
  [['--without', 'viewing'], 'that service is the mutation itself'],
  [['--bank', '--rate', 'max'], '--rate is for viewers: leave it out with --bank'],
  [['--fast'], "Unknown option '--fast'"],
  [['more'], "Unexpected argument 'more'"],
])('%j is refused', (args, message) => {
  expect(() => parse(...args)).toThrow(UsageError);
  expect(() => parse(...args)).toThrow(message);
});
