import { expect, test } from 'vitest';
import { UsageError } from '../../bench/harness.ts';
import { readCommandLine, wholeOption } from '../../bench/options.ts';

const bench = {
  name: 'race',
  options: {
    data: { value: 'DIR', about: 'what to read' },
    rounds: { value: 'N', about: 'how often', fallback: '3' },
  },
};

test('options are given, or have their fallback', () => {
  expect(readCommandLine(bench, ['--data', 'here', '--json'])).toEqual({
    options: { data: 'here', rounds: '3' },
    json: true,
    check: false,
    help: false,
  });
});

test('an option that must be given is named with what it means', () => {
  expect(() => readCommandLine(bench, [])).toThrow(new UsageError('race needs --data DIR: what to read'));
});

test('help needs no options', () => {
  expect(readCommandLine(bench, ['--help']).help).toBe(true);
});

test.each([['--nope'], ['more'], ['--data']])('"%s" is refused', (arg) => {
  expect(() => readCommandLine(bench, [arg])).toThrow(UsageError);
});

test.each(['0', '-1', '1.5', 'x', ''])('"%s" is no whole number above 0', (text) => {
  expect(() => wholeOption({ rounds: text }, 'rounds')).toThrow('--rounds must be a whole number above 0');
});
