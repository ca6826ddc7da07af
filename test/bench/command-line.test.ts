import { expect, test } from 'vitest';
import { benches } from '../../bench/benches.ts';
import { runBench } from './support.ts';

test.each([[[]], [['--help']]])('%j lists every bench with a line about it', async (args) => {
  const { code, stdout } = await runBench(...args);
  for (const { name, about } of benches)
    expect(stdout).toMatch(new RegExp(`^  ${name} +${about}`.replaceAll('.', '\\.'), 'm'));
  expect(code).toBe(0);
});

test('a bench shows its own options and floors', async () => {
  const { code, stdout } = await runBench('recommendations', '--help');
  expect(stdout).toContain('--data DIR');
  expect(stdout).toContain('recallOverPopularity at least 1.1');
  expect(code).toBe(0);
});

test.each([
  [['nope'], 'there is no bench "nope"'],
  [['recommendations'], 'recommendations needs --data DIR'],
  [['recommendations', '--data', '/nowhere'], '--data /nowhere: ENOENT'],
  [['sync-vs-events', '--rounds', '0'], '--rounds must be a whole number above 0'],
])('%j is refused with code 2 and the reason', async (args, reason) => {
  const { code, stdout, stderr } = await runBench(...args);
  expect(stderr).toContain(reason);
  expect(stderr).not.toContain('    at ');
  expect(stdout).toBe('');
  expect(code).toBe(2);
});

test('every floor belongs to one bench and says why it stands', () => {
  for (const { floors } of benches) {
    expect(floors.length).toBeGreaterThan(0);
    for (const { because } of floors) expect(because).not.toBe('');
  }
});
