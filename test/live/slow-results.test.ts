/** What takes long is waited for by those who asked for it, in bounded numbers, and by nobody else. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { catalogue } from '../../src/app/modules.ts';
import { EventsSource } from '../../src/live/sources.ts';
import { readSink } from '../../src/outbox/sinks.ts';
import { keyOf } from '../../src/platform/key.ts';
import { readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { createWorld } from '../support/world.ts';
import { createRenderer, positionsIn } from './renderer.ts';
import { beat, createOutlet, openLive } from './support.ts';

const { topics } = catalogue;
const mostAtOnce = 400; // executions: 256 of what is live, and some for each place from which members read history

test('results that take long are executed in bounded numbers, and every member gets all of them in order', async () => {
  await using world = await createWorld();
  await using live = await openLive(world);
  await world.spawn('relay').waitForLog('lease.taken');
  await beat(world.database, 10);
  await until(() => live.tail.position === 10);

  let [executing, most] = [0, 0];
  let finish = () => {};
  const finishing = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const renderer = createRenderer({
    encode: live.encode,
    async before() {
      executing += 1;
      most = Math.max(most, executing);
      await finishing;
      await nextTurn();
      executing -= 1;
    },
  });
  const follow = (after: number | undefined) => {
    const outlet = createOutlet();
    const source = new EventsSource(live.tail.epoch, { topics }, after);
    return { outlet, membership: live.groups.join(keyOf('all'), source, renderer, outlet) };
  };
  const followers = [follow(undefined), follow(undefined)];
  const late = follow(0);
  for (let batch = 0; batch < 2; batch += 1) await beat(world.database, 400);
  await until(() => live.tail.position === 810);
  expect(most, 'executions at once').toBeLessThanOrEqual(mostAtOnce);
  expect([...followers, late].flatMap(({ outlet }) => outlet.results)).toEqual([]);

  finish();
  await until(() => followers.every(({ outlet }) => outlet.results.length >= 800));
  await until(() => late.outlet.results.length >= 810);
  await until(() => [...followers, late].every(({ membership }) => membership.progress()?.live));
  await beat(world.database, 5);
  await until(() => followers.every(({ outlet }) => outlet.results.length >= 805));
  await until(() => late.outlet.results.length >= 815);

  const log = (await readLog(world.database)).map(({ position }) => position);
  for (const { outlet } of followers) expect(positionsIn(outlet)).toEqual(log.slice(10));
  expect(positionsIn(late.outlet)).toEqual(log);
  expect(most, 'executions at once').toBeLessThanOrEqual(mostAtOnce);
});

test('what is still in memory is read while reads of the stores wait', async () => {
  await using world = await createWorld();
  const relay = world.spawn('relay', { env: { STREAM_MAX_LENGTH: '10' } });
  await relay.waitForLog('lease.taken');
  await beat(world.database, 50);
  await until(async () => (await readSink(world.database.pool, 'streams')).position === 50);
  await using live = await openLive(world);
  await beat(world.database, 5);
  await until(() => live.tail.position === 55);
  const { floor } = live.tail.recent;

  const holder = await world.database.pool.connect();
  const blocked = async () => {
    const waiting = "SELECT FROM pg_locks WHERE NOT granted AND relation = 'outbox'::regclass";
    return (await holder.query(waiting)).rowCount;
  };
  let slow: Promise<unknown>;
  try {
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE outbox');
    const ofLongAgo = { filter: { topics }, after: 0, upTo: 50, limit: 100 };
    slow = Promise.all(Array.from({ length: 30 }, () => live.history.read(ofLongAgo)));
    slow.catch(() => {}); // told below
    // as many as there are connections, and the relay when it looks at this moment; the others wait for one
    await until(async () => ((await blocked()) ?? 0) >= 9);
    let recent: readonly number[] | undefined;
    void live.history.read({ filter: { topics }, after: floor, upTo: 55, limit: 100 }).then(({ events }) => {
      recent = events.map(({ position }) => position);
    });
    await until(() => recent, { message: 'what is in memory is read' });
    expect(recent).toEqual([51, 52, 53, 54, 55]);
    expect(live.history.answered).toEqual({ memory: 1, stream: 0, outbox: 0 });
  } finally {
    holder.release(true); // with its transaction
  }
  await slow;
  expect(live.history.answered).toEqual({ memory: 1, stream: 0, outbox: 30 });
});
