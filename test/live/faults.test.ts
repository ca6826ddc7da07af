/** A fault in what is done for one subscription, or one group, ends that one: others get every event. */
import { type Logger, pino } from 'pino';
import { expect, test } from 'vitest';
import { catalogue } from '../../src/app/modules.ts';
import type { GroupRenderer } from '../../src/live/groups.ts';
import { toMessage } from '../../src/live/message.ts';
import type { Outlet } from '../../src/live/outlet.ts';
import { EventsSource, SignalSource } from '../../src/live/sources.ts';
import { keyOf } from '../../src/platform/key.ts';
import { until } from '../support/until.ts';
import { createWorld } from '../support/world.ts';
import { createRenderer } from './renderer.ts';
import { beat, createOutlet, openLive, type Received } from './support.ts';

const query = 'subscription ($label: String, $after: String) { items(label: $label, after: $after) { id } }';

test('an outlet that throws is left, live or while it catches up, and others of its group miss nothing', async () => {
  await using world = await createWorld();
  const { logger, faults } = keepFaults();
  await using live = await openLive(world, logger);
  await world.spawn('relay').waitForLog('lease.taken');
  await beat(world.database, 3);
  await until(() => live.tail.position >= 3);
  const variables = { after: live.encode(0) };
  const [good, late] = [createOutlet(), createOutlet()];
  const [bad, behind, deaf] = [throwing('send'), throwing('send'), throwing('caughtUp')];

  await live.subscribe({ query }, good);
  await live.subscribe({ query }, bad);
  await live.subscribe({ query, variables }, behind);
  await live.subscribe({ query, variables }, deaf);
  await live.subscribe({ query, variables }, late);
  await until(() => late.results.length === 3);
  await beat(world.database, 2);
  await until(() => good.results.length === 2 && late.results.length === 5);
  await until(() => live.groups.count().subscribers === 2, {
    message: () => `two are left: ${JSON.stringify(live.groups.count())}`,
  });
  await beat(world.database, 1);
  await until(() => good.results.length === 3 && late.results.length === 6);
  expect(faults.filter(({ msg }) => msg === 'contained.fault').map(({ error }) => error)).toEqual(
    Array(3).fill(expect.stringMatching(/Error: (send|caughtUp) fails\n\s+at /)),
  );
});

test.each([
  [
    'throws',
    () => {
      throw new Error('no message');
    },
  ],
  ['rejects', () => Promise.reject(new Error('no message'))],
])('a group whose renderer %s ends with INTERNAL, and other groups miss nothing', async (_what, event) => {
  await using world = await createWorld();
  const { logger, faults } = keepFaults();
  await using live = await openLive(world, logger);
  await world.spawn('relay').waitForLog('lease.taken');
  const [good, bad] = [createOutlet(), createOutlet()];
  const source = () => new EventsSource(live.tail.epoch, { topics: catalogue.topics }, undefined);
  const renderer = createRenderer({ encode: live.encode });
  live.groups.join(keyOf('bad'), source(), { ...renderer, event }, bad);
  live.groups.join(keyOf('good'), source(), renderer, good);
  await beat(world.database, 3);
  await until(() => good.results.length === 3 && bad.ended);
  expect(bad.results).toHaveLength(1);
  expect(live.groups.count()).toMatchObject({ groups: 1, subscribers: 1 });
  await beat(world.database, 2);
  await until(() => good.results.length === 5);
  expect(faults).toMatchObject([{ msg: 'contained.fault', what: 'event group' }]);
});

test('of the watchers of one signal one that throws is left, and the others get each change', async () => {
  await using world = await createWorld();
  const { logger, faults } = keepFaults();
  await using live = await openLive(world, logger);
  let value = 1;
  const source = () => new SignalSource({ signal: 'test', key: [], everyMs: 20, read: async () => value });
  const renderer: GroupRenderer = {
    ...createRenderer({ encode: live.encode }),
    value: (read) => toMessage({ data: { read } }),
  };
  const failing = {
    ...renderer,
    value: () => {
      throw new Error('no message');
    },
  };
  const [good, bad, unrendered] = [createOutlet(), throwing('send'), createOutlet()];
  live.groups.join(keyOf('one'), source(), renderer, bad);
  live.groups.join(keyOf('one'), source(), renderer, good);
  live.groups.join(keyOf('other'), source(), failing, unrendered);
  await until(() => good.results.length === 1 && unrendered.ended);
  value = 2;
  await until(() => good.results.length === 2);
  expect(live.groups.count()).toMatchObject({ groups: 1, subscribers: 1 });
  expect(faults.map(({ what }) => what).sort()).toEqual(['signal group', 'subscription of a signal']);
});

/** An outlet whose method throws. */
function throwing(method: 'send' | 'caughtUp'): Received {
  const outlet = createOutlet();
  const fail = () => {
    throw new Error(`${method} fails`);
  };
  return Object.assign(outlet, { [method]: fail } satisfies Partial<Outlet>);
}

interface Fault {
  readonly msg: string;
  readonly what: string;
  readonly error: string;
}

function keepFaults(): { readonly logger: Logger; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const logger = pino({ level: 'error' }, { write: (line) => void faults.push(JSON.parse(line)) });
  return { logger, faults };
}
