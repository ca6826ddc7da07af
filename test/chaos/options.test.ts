import { expect, test } from 'vitest';
import { faultNames } from '../../chaos/faults.ts';
import { parseOptions } from '../../chaos/options.ts';

test('without options every fault happens for a minute, by any seed', () => {
  const options = parseOptions([]);
  expect(options).toMatchObject({ seconds: 60, faults: faultNames, against: 'aorta', json: false });
  expect(options).toHaveProperty('seed', expect.any(Number));
});

test('faults are named one by one, or by what they begin with', () => {
  expect(parseOptions(['--faults', 'relay-kill,client'])).toMatchObject({
    faults: ['relay-kill', 'client-cut', 'client-half-open', 'client-slow'],
  });
  expect(parseOptions(['--faults', 'none'])).toMatchObject({ faults: [] });
});

test.each([
  [['--seed', 'x'], '--seed is "x"'],
  [['--seconds', '0'], '--seconds is "0"'],
  [['--faults', 'flood'], '--faults "flood": there is no such fault. There are: relay-kill'],
  [['--against', 'them'], '--against "them": it must be aorta or stock'],
  [['--nope'], "Unknown option '--nope'"],
])('%j is refused with the reason', (args, reason) => {
  expect(() => parseOptions(args)).toThrow(reason);
});
