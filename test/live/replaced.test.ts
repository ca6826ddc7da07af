/** The tail of the log while its stores answer badly: it goes over to a new log in one step, and asks no more than it needs. */
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { startTcpProxy } from '../../dev/tcp-proxy.ts';
import { catalogue } from '../../src/app/modules.ts';
import { decodeCursor, encodeCursor } from '../../src/live/cursor.ts';
import { EventGroup } from '../../src/live/event-group.ts';
import { createHistory } from '../../src/live/history.ts';
import { EventsSource } from '../../src/live/sources.ts';
import { startTail } from '../../src/live/tail.ts';
import { type LogReader, openLogReader } from '../../src/log/reader.ts';
import { startWaiter } from '../../src/log/waiter.ts';
import { readLogRow, startNewEpoch } from '../../src/outbox/log-row.ts';
import { openDatabase } from '../../src/platform/postgres.ts';
import { openBlockingRedis, openRedis } from '../../src/platform/redis.ts';
import { restoreBackup } from '../relay/support.ts';
import { readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';
import { codesIn, createRenderer, positionsIn } from './renderer.ts';
import { beat, createOutlet } from './support.ts';

test('PostgreSQL that goes away half-way through the change to a new log leaves nobody between the two', async () => {
  await using world = await createWorld();
  const { pool } = world.database;
  const relay = world.spawn('relay');
  await relay.waitForLog('lease.taken');
  await beat(world.database, 30);
  await using postgres = await startTcpProxy({ to: world.env.DATABASE_URL! });
  await using tail = await openTail(world, {
    databaseUrl: postgres.through(world.env.DATABASE_URL!),
    onOpened(count) {
      // the new log was found: how far it is cannot be asked any more
      if (count !== 2) return;
      postgres.refuse();
      postgres.cut();
    },
  });
  await until(() => tail.position === 30);
  const before = tail.follow();
  await beat(world.database, 1);
  await until(() => positionsIn(before.outlet).length === 1);

  await relay.stop();
  await restoreBackup(pool, 5);
  await startNewEpoch(pool, (await readLogRow(pool)).epoch);
  await until(() => tail.opened === 2);
  const meanwhile = tail.follow();
  await until(() => tail.failed());
  postgres.heal();
  await until(() => before.outlet.ended && meanwhile.outlet.ended, {
    message: 'those who followed the old log are told',
  });
  expect(codesIn(before.outlet)).toEqual(['CURSOR_INVALID']);
  expect(codesIn(meanwhile.outlet)).toEqual(['CURSOR_INVALID']);
  expect(positionsIn({ results: meanwhile.outlet.results.slice(0, -1) })).toEqual([]);

  const next = tail.follow();
  expect(next.progress(), 'nothing of the new log was sent').toBe(5);
  await world.spawn('relay').waitForLog('relay.incarnation');
  await beat(world.database, 20);
  const written = (await readLog(world.database)).slice(5).map(({ position }) => position);
  expect(written[0]).toBe(6);
  await until(
    () => {
      const received = positionsIn(next.outlet);
      expect(next.progress(), 'the progress cursor').toBe(received.at(-1) ?? 5);
      return received.length >= written.length;
    },
    { retryThrows: false },
  );
  expect(positionsIn(next.outlet)).toEqual(written);
});

test('while Redis is away, and PostgreSQL behind what it was told, PostgreSQL is not asked without pause', async () => {
  await using world = await createWorld();
  await world.spawn('relay').waitForLog('lease.taken');
  await beat(world.database, 3);
  await using redis = await startTcpProxy({ to: world.redis.url });
  await using tail = await openTail(world, { redisUrl: redis.through(world.redis.url) });
  await until(() => tail.position === 3);
  const { outlet } = tail.follow();

  // the checkpoint cannot be saved
  const holder = await world.database.pool.connect();
  try {
    await holder.query('BEGIN');
    await holder.query("SELECT FROM sink WHERE name = 'streams' FOR UPDATE");
    redis.refuse();
    redis.cut();
    await beat(world.database, 5);
    await tail.told(3);
    const asked = tail.asked();
    await world.database.pool.query('SELECT pg_sleep(1)');
    expect(tail.asked() - asked, 'questions in a second').toBeLessThan(100);
    expect(outlet.results).toEqual([]);
  } finally {
    holder.release(true); // with its transaction
  }
  await until(() => outlet.results.length >= 5);
  expect(positionsIn(outlet)).toEqual([4, 5, 6, 7, 8]);
});

interface TailSettings {
  /** Default: the world's */
  readonly databaseUrl?: string;
  /** For commands; what is published is told over a connection of its own */
  readonly redisUrl?: string;
  /** Called each time that the tail has found which log it is to read */
  readonly onOpened?: (count: number) => void;
}

/** A tail on real stores, each reached the way that a test wants. */
async function openTail({ env, redis }: World, settings: TailSettings) {
  const { databaseUrl = env.DATABASE_URL!, redisUrl = redis.url, onOpened = () => {} } = settings;
  const lines: { readonly msg: string; readonly loop?: string }[] = [];
  const logger = pino({ level: 'warn' }, { write: (line) => void lines.push(JSON.parse(line)) });
  await using setup = new AsyncDisposableStack();
  const { pool } = setup.use(openDatabase({ url: databaseUrl, application: 'test:tail' }));
  let asked = 0;
  pool.on('acquire', () => {
    asked += 1;
  });
  const commands = openRedis({ url: redisUrl, name: 'test:commands', logger });
  setup.defer(() => commands.disconnect());
  const blocking = openBlockingRedis({ url: redis.url, name: 'test:tail', logger });
  const waiter = startWaiter({ blocking, pool, logName: 'aorta', logger });
  setup.defer(() => waiter.stop());
  let opened = 0;
  const openReader = async (): Promise<LogReader> => {
    const reader = await openLogReader({ redis: commands, pool, logName: 'aorta', waiter });
    opened += 1;
    onOpened(opened);
    return reader;
  };
  const { topics } = catalogue;
  const tail = await startTail({ openReader, waiter, topics, logger });
  setup.defer(() => tail.stop());
  const history = createHistory(() => tail, logger);
  const owned = setup.move();
  return {
    get position() {
      return tail.position;
    },
    get opened() {
      return opened;
    },
    /** A turn of the tail has failed */
    failed: () => lines.some(({ msg, loop }) => msg === 'loop.failed' && loop === 'live.tail'),
    /** How often PostgreSQL was asked anything */
    asked: () => asked,
    /** Settles when the log is said to be published beyond the position. */
    told: (position: number) => waiter.wait(position, 15_000, new AbortController().signal),
    /** A subscription of everything from now on, of the log that the tail reads at the time. */
    follow() {
      const { epoch } = tail;
      const outlet = createOutlet();
      const renderer = createRenderer({ encode: (position) => encodeCursor(epoch, position) });
      const group = new EventGroup({ tail, history, filter: { topics }, renderer, logger, onEmpty() {} });
      const membership = group.join(outlet, new EventsSource(epoch, { topics }, undefined));
      return { outlet, progress: () => decodeCursor(tail.epoch, membership.progress()!.cursor) };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
