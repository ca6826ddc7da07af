import { expect, test } from 'vitest';
import { placeOf } from '../../src/log/place-of.ts';
import { discard, redrive } from '../../src/operations/dead-letter-actions.ts';
import { processor } from '../../src/workers/reaction.ts';
import { preferences } from '../../src/workers/streaming/preferences.ts';
import { rankings } from '../../src/workers/streaming/rankings.ts';
import { describeTables } from '../support/catalogue.ts';
import { makeTables } from '../support/own-tables.ts';
import { until } from '../support/until.ts';
import { addVideos, gatherAudience } from '../support/viewers.ts';
import { leftovers, readOn, readSlowly, rebuild, startRebuild, untilCaughtUp } from './rebuild-support.ts';
import { createWorkerWorld, poked, range, type WorkerWorld } from './support.ts';

const rows = async ({ pool }: WorkerWorld, sql: string) => (await pool.query(sql)).rows;

/** Keeps the numbers that it gets, by their last digit, in the order in which they come. */
const collecting = (options: { slots?: number; poison?: () => number | undefined } = {}) =>
  processor({
    name: 'collecting',
    events: [poked],
    tables: ['collected'],
    slots: options.slots ?? 1,
    slotKey: ({ payload }) => String(payload.n % 10),
    batchSize: 10,
    retry: { attempts: 2, firstMs: 5, maxMs: 5 },
    async handle(tx, events) {
      const numbers = events.map(({ payload }) => payload.n);
      const poison = options.poison?.();
      if (poison !== undefined && numbers.includes(poison)) throw new Error(`${poison} is not for me`);
      await tx.$executeRaw`
        INSERT INTO collected AS known (digit, numbers)
        SELECT n % 10, array_agg(n ORDER BY place) FROM unnest(${numbers}::int[]) WITH ORDINALITY AS got (n, place)
         GROUP BY 1 ORDER BY 1
        ON CONFLICT (digit) DO UPDATE SET numbers = known.numbers || EXCLUDED.numbers`;
    },
  });

async function createCollectingWorld(): Promise<WorkerWorld> {
  const world = await createWorkerWorld();
  await makeTables(
    world.pool,
    `
    CREATE TABLE collected (
      digit int CONSTRAINT collected_by_digit PRIMARY KEY, numbers int[] NOT NULL, place bigserial,
      id int GENERATED ALWAYS AS IDENTITY, changed timestamptz NOT NULL DEFAULT now(), CHECK (digit < 10)
    ) WITH (fillfactor = 70);
    CREATE INDEX "collected, by place" ON collected (place DESC) WHERE digit > 0;
    GRANT SELECT ON collected TO PUBLIC;
    COMMENT ON TABLE collected IS 'what came'`,
  );
  return world;
}

const collected = async (world: WorkerWorld) =>
  (await rows(world, 'SELECT numbers FROM collected')).flatMap(({ numbers }) => numbers as number[]);
const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);

test('damaged projections are right after a rebuild under load, which no reader of them notices', async () => {
  await using world = await createWorkerWorld();
  const { pool, database } = world;
  await addVideos(database, 4);
  const ranking = rankings({ changed: () => {} });
  await world.run(ranking);
  await world.run(preferences);
  const before = await describeTables(pool, { except: ['^outbox'] });
  {
    await using audience = gatherAudience(database, { paceMs: 5 });
    await until(() => audience.started >= 20);
    await pool.query(`UPDATE ranking SET starts = starts + 1000 WHERE video_id = 'v0';
                      DELETE FROM ranking WHERE video_id = 'v1'; DELETE FROM preference_quality`);
    await using readers = readOn(world, ['ranking', 'preference_genre']);
    await Promise.all([rebuild(world, ranking), rebuild(world, preferences)]);
    const [reads, started] = [readers.reads, audience.started];
    await until(() => readers.reads > reads + 10 && audience.started >= started + 10);
  }
  await untilCaughtUp(world, 'rankings');
  await untilCaughtUp(world, 'preferences');
  expect(await rows(world, 'SELECT video_id, starts FROM ranking ORDER BY 1')).toEqual(
    await rows(
      world,
      `SELECT payload->>'videoId' AS video_id, count(*)::int AS starts FROM outbox
        WHERE type = 'video.watch_started' GROUP BY 1 ORDER BY 1`,
    ),
  );
  // scores fade so slowly that they are still the number of events
  expect(
    await rows(
      world,
      'SELECT user_id, round(sum(score))::int AS n FROM preference_quality GROUP BY 1 ORDER BY 1',
    ),
  ).toEqual(
    await rows(
      world,
      `SELECT payload->>'userId' AS user_id, count(*)::int AS n FROM outbox
        WHERE type IN ('video.watch_started', 'video.quality_changed') GROUP BY 1 ORDER BY 1`,
    ),
  );
  expect(await describeTables(pool, { except: ['^outbox'] })).toEqual(before);
  expect(await leftovers(world)).toEqual([]);
  expect(await rows(world, 'SELECT FROM dead_letter')).toEqual([]);
});

test('each of two slots is rebuilt as far as it is, in order, and the tables keep all that others see of them', async () => {
  await using world = await createCollectingWorld();
  let poison: number | undefined = 23;
  const reaction = { ...collecting({ slots: 2, poison: () => poison }), onPoison: 'hold' as const };
  await world.run(reaction);
  await world.poke(...range(60));
  const positions = () => rows(world, 'SELECT slot, position FROM processor_checkpoint ORDER BY slot');
  const slotOf = (n: number) => placeOf(String(n % 10), 2);
  const held = range(60).filter((n) => n >= 23 && slotOf(n) === slotOf(23));
  await until(async () => (await collected(world)).length === 60 - held.length);
  // the other slot is past everything
  await until(async () => (await positions()).some(({ position }: { position: number }) => position === 60));
  const [places, before] = [await positions(), await describeTables(world.pool, { except: [] })];
  const inOrder = 'SELECT digit, numbers FROM collected ORDER BY digit';
  const live = await rows(world, inOrder);
  await world.pool.query('TRUNCATE collected');

  await rebuild(world, reaction);
  expect(await rows(world, inOrder)).toEqual(live);
  // the one that is held moves over what is the other's, up to the event that holds it
  const [heldPlace, freePlace] = places;
  expect(await positions(), 'they stand where they stood').toEqual([
    { ...heldPlace, position: expect.toSatisfy((n: number) => n >= heldPlace.position && n <= 23) },
    freePlace,
  ]);
  expect(await describeTables(world.pool, { except: [] })).toEqual(before);
  expect(await rows(world, "SELECT has_table_privilege('public', 'collected', 'SELECT') AS may")).toEqual([
    { may: true },
  ]);

  poison = undefined;
  await untilCaughtUp(world, 'collecting');
  await world.poke(...range(20).map((n) => n + 60));
  await untilCaughtUp(world, 'collecting');
  expect(sorted(await collected(world))).toEqual(range(80));
});

test('dead letters and discarded events stay out of it; one that is redriven meanwhile is in it once', async () => {
  await using world = await createCollectingWorld();
  let poison: number | undefined;
  const reaction = collecting({ poison: () => poison });
  for (const dead of [3, 14, 25]) {
    poison = dead;
    const done = await rows(world, 'SELECT count(*)::int AS n FROM outbox');
    await world.poke(...range(10).map((n) => n + done[0].n));
    const runner = await world.run(reaction);
    await until(async () => (await rows(world, 'SELECT FROM dead_letter')).length === Math.ceil(dead / 10));
    await untilCaughtUp(world, 'collecting');
    await runner.stop();
  }
  poison = undefined;
  await world.run(reaction);
  const letterOf = async (n: number) =>
    (await rows(world, `SELECT id FROM dead_letter WHERE event->'payload'->>'n' = '${n}'`))[0].id;
  await discard(world.pool, { ids: [await letterOf(14)] });

  let running: ReturnType<typeof startRebuild>;
  {
    await using _reader = await readSlowly(world, 'collected');
    running = startRebuild(world, reaction);
    await running.untilWaiting();
    await redrive(world.pool, { ids: [await letterOf(3)] });
    await until(async () => (await collected(world)).includes(3));
  }
  await running.finished;
  const there = range(30).filter((n) => n !== 14 && n !== 25);
  expect(sorted(await collected(world))).toEqual(there);
  await redrive(world.pool, { consumer: 'collecting' });
  await until(async () => (await rows(world, 'SELECT FROM dead_letter')).length === 0);
  expect(sorted(await collected(world))).toEqual(sorted([...there, 25]));
});

test('what the handler writes with Prisma goes to the copies, and what it records is not recorded again', async () => {
  await using world = await createWorkerWorld();
  const reaction = processor({
    name: 'upserting',
    events: [poked],
    tables: ['ranking'],
    storm: { reentrant: true },
    async handle(tx, events, { record, now }) {
      for (const event of events) {
        const videoId = `v${event.payload.n % 2}`;
        const update = { starts: { increment: 1 } };
        await tx.ranking.upsert({ where: { videoId }, create: { videoId, starts: 1 }, update });
        const payload = { n: event.payload.n + 100 };
        const told = { aggregateId: videoId, aggregateVersion: 1, occurredAt: now, payload };
        if (payload.n < 110) record(event, poked.of(told));
      }
    },
  });
  await world.poke(...range(10));
  await world.run(reaction);
  const live = [
    { videoId: 'v0', starts: 10 },
    { videoId: 'v1', starts: 10 },
  ];
  const ranking = () => world.database.prisma.ranking.findMany({ orderBy: { videoId: 'asc' } });
  await until(async () => JSON.stringify(await ranking()) === JSON.stringify(live));
  await world.pool.query('UPDATE ranking SET starts = 0');
  await rebuild(world, reaction);
  expect(await ranking()).toEqual(live);
  expect(await rows(world, 'SELECT count(*)::int AS events FROM outbox')).toEqual([{ events: 20 }]);
});

test('an event that fails ends it and tells which; the live projection is as it was, and it can be gone on with', async () => {
  await using world = await createCollectingWorld();
  let poison: number | undefined;
  const reaction = collecting({ poison: () => poison });
  await world.poke(...range(30));
  const runner = await world.run(reaction);
  await untilCaughtUp(world, 'collecting');
  await runner.stop(); // it would fail too
  poison = 17;
  await expect(rebuild(world, reaction)).rejects.toThrow(
    '"collecting" could not handle 10 events from position 11 to 20: 17 is not for me',
  );
  expect(sorted(await collected(world))).toEqual(range(30));
  poison = undefined;
  const again = startRebuild(world, reaction);
  await again.finished;
  expect(again.progress.at(-1)).toMatchObject({ phase: 'done', handled: 20, position: 30, target: 30 });
  expect(sorted(await collected(world))).toEqual(range(30));
  expect(await leftovers(world)).toEqual([]);
});
