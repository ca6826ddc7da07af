/** Clients who come back together share what is read for them; that one of them comes too late is its own affair. */
import { expect, test } from 'vitest';
import { catalogue } from '../../src/app/modules.ts';
import { EventsSource } from '../../src/live/sources.ts';
import { readSink } from '../../src/outbox/sinks.ts';
import { keyOf } from '../../src/platform/key.ts';
import { readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';
import { codesIn, createRenderer, positionsIn } from './renderer.ts';
import { beat, createOutlet, openLive } from './support.ts';

const users = Array.from({ length: 12 }, (_, index) => `u${index}`);
const rounds = 5;
const firstRound = users.length; // events, which nobody keeps any more

test.each([
  ['in one pass over the log', 0],
  ['each by index, as they are far apart', 1_000_000],
])(
  'of clients served %s, those whose cursor has expired are refused, and the others get theirs',
  async (_how, gap) => {
    await using world = await createWorld();
    const relay = world.spawn('relay', { env: { STREAM_MAX_LENGTH: '15' } });
    await relay.waitForLog('lease.taken');
    await writeForUsers(world, rounds - 1);
    await world.database.pool.query(
      "SELECT setval('outbox_position_seq', last_value + $1) FROM outbox_position_seq",
      [gap],
    );
    await writeForUsers(world, 1);
    await world.database.pool.query('UPDATE log SET floor = $1', [firstRound]);
    const log = await readLog(world.database);
    const end = log.at(-1)!.position;
    await until(async () => (await readSink(world.database.pool, 'streams')).position >= end);
    await using live = await openLive(world);

    const renderer = createRenderer({ encode: live.encode });
    const clients = users.map((user, index) => {
      const outlet = createOutlet();
      const expired = index % 3 === 0;
      // the others come back from the second round, or from before the last, which the streams still have
      const after = expired ? index : log.at(index % 3 === 1 ? firstRound : -firstRound - 1)!.position;
      const source = new EventsSource(
        live.tail.epoch,
        { topics: catalogue.topics, keys: [`user:${user}`] },
        after,
      );
      const expected = log.filter(({ position, keys }) => position > after && keys.includes(`user:${user}`));
      live.groups.join(keyOf(user), source, renderer, outlet);
      return { outlet, expired, expected: expected.map(({ position }) => position) };
    });
    await until(() =>
      clients.every(
        ({ outlet, expired, expected }) =>
          outlet.ended || (!expired && outlet.results.length >= expected.length),
      ),
    );
    for (const { outlet, expired, expected } of clients) {
      if (expired) {
        expect(outlet.results).toMatchObject([
          { errors: [{ extensions: { code: 'CURSOR_EXPIRED', oldest: live.encode(firstRound) } }] },
        ]);
        expect(outlet.ended).toBe(true);
      } else {
        expect(codesIn(outlet)).toEqual([]);
        expect(positionsIn(outlet)).toEqual(expected);
        expect(outlet.ended).toBe(false);
      }
    }
    expect(live.history.answered.memory, 'reads that asked no store').toBe(0);

    // those who are left follow what comes
    await writeForUsers(world, 1);
    const next = (await readLog(world.database)).slice(-users.length).map(({ position }) => position);
    const staying = clients.filter(({ expired }) => !expired);
    await until(() => staying.every(({ outlet, expected }) => outlet.results.length > expected.length));
    expect(staying.flatMap(({ outlet }) => positionsIn(outlet).slice(-1))).toEqual(
      next.filter((_position, index) => index % 3 !== 0),
    );
  },
);

/** So many events of each user, in turn. */
async function writeForUsers({ database }: World, each: number): Promise<void> {
  for (let round = 0; round < each; round += 1) {
    for (const user of users) await beat(database, 1, user);
  }
}
