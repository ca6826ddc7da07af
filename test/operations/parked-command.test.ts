import { expect, test } from 'vitest';
import { registerEventTypes } from '../../src/outbox/event-types.ts';
import { insertUnknown } from '../relay/poison.ts';
import { runCommand } from '../support/run-command.ts';
import { until } from '../support/until.ts';
import { createWorld } from '../support/world.ts';

const parked = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runCommand('commands/parked.ts', args, env);

test('an operator sees what could not be published, and writes it to the log again once it can be', async () => {
  await using world = await createWorld();
  const { database, env } = world;
  const list = async () => JSON.parse((await parked(['list', '--json'], env)).stdout);
  await world.spawn('relay').waitForLog('lease.taken');
  expect((await parked(['list'], env)).stdout).toBe('none\n');
  await database.pool.query(insertUnknown(1));
  const [event] = await until(async () => {
    const events = await list();
    return events.length > 0 && events;
  });
  expect(event).toMatchObject({ type: 'nobody.knows', position: 1, reason: 'UNKNOWN_TYPE' });
  expect((await parked(['list'], env)).stdout).toMatch(
    /^id +position +type .*\n.* nobody\.knows .* UNKNOWN_TYPE/,
  );

  await registerEventTypes(database.pool, ['nobody.knows']);
  const again = await parked(['republish', event.id], env);
  expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('1 of 1 events') });
  expect(await list()).toEqual([]);
  const { rows } = await database.pool.query('SELECT id, position FROM outbox');
  expect(rows).toEqual([{ id: event.id, position: 2 }]);
  expect((await parked(['republish', event.id], env)).code, 'it is not parked any more').toBe(1);
});

test.each([
  [[], 'name one of: list, republish'],
  [['forget'], 'name one of: list, republish'],
  [['republish'], 'name the ids of the events, or --all'],
  [['republish', 'x', '--all'], 'name the ids of the events, or --all'],
  [['republish', 'x'], '"x" is not the id of an event'],
  [['list', '--fast'], "Unknown option '--fast'"],
])('%j is refused with code 2 and the reason', async (args, reason) => {
  const { code, stderr } = await parked(args, { DATABASE_URL: 'postgresql://127.0.0.1:1/none' });
  expect(stderr).toContain(reason);
  expect(code).toBe(2);
});

test('without a database it says so, and --help needs none', async () => {
  const away = await parked(['list'], { DATABASE_URL: 'postgresql://127.0.0.1:1/none' });
  expect(away).toMatchObject({ code: 1, stderr: expect.stringContaining('ECONNREFUSED') });
  expect(await parked(['list'])).toMatchObject({ code: 2, stderr: expect.stringContaining('DATABASE_URL') });
  expect(await parked(['--help'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Usage: npm run parked'),
  });
});
