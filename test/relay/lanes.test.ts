/** Consumers that keep the events of a key in order: each lane is a queue of its own. */
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import type { Envelope } from '../../src/events/envelope.ts';
import { orderingKey } from '../../src/events/ordering.ts';
import { queuePrefix } from '../../src/log/keys.ts';
import { placeOf } from '../../src/log/place-of.ts';
import { laneName, queueNames } from '../../src/log/queue-names.ts';
import { readOutbox } from '../../src/outbox/read-outbox.ts';
import { readQueueConsumers } from '../../src/relay/consumers.ts';
import { createJobs, type JobData } from '../../src/relay/jobs.ts';
import { LanesLostError } from '../../src/relay/lanes.ts';
import { insert, nameOf } from '../outbox/support.ts';
import { until } from '../support/until.ts';
import {
  allEnqueued,
  die,
  enqueuedTo,
  loggedIds,
  loseQueues,
  openQueue,
  register,
  waitingIn,
} from './queues.ts';
import { createRelayWorld, type RelayWorld, writeAtOnce } from './support.ts';

const lanes = 4;
const names = queueNames({ name: 'ordered', lanes });
const keyOf = ({ logName }: RelayWorld, queue: string, name: string) =>
  `${queuePrefix(logName)}:${queue}:${name}`;

/** The ids of the events for each lane, in the order of the log. */
async function expected({ pool }: RelayWorld, orderedBy = 'aggregate', above = 0) {
  const { rows } = await pool.query<Envelope & { position: number }>(
    `SELECT position, id, aggregate_type AS "aggregateType", aggregate_id AS "aggregateId", keys
       FROM outbox WHERE position > $1 ORDER BY position`,
    [above],
  );
  const laneOf = (event: Envelope) => laneName('ordered', placeOf(orderingKey(event, orderedBy), lanes));
  return names.map((name) => rows.filter((row) => laneOf(row) === name).map(({ id }) => id));
}

const waiting = (world: RelayWorld) => Promise.all(names.map((name) => waitingIn(world, name)));
const concurrencies = (world: RelayWorld) =>
  Promise.all(names.map((name) => world.redis.hget(keyOf(world, name, 'meta'), 'concurrency')));

/** Events of so many aggregates, one version after the other. */
const writeMany = ({ pool }: RelayWorld, from: number, to: number, aggregates = 8) =>
  pool.query(
    Array.from({ length: to - from + 1 }, (_, n) =>
      Array.from({ length: aggregates }, (_, aggregate) => insert(`a${aggregate}`, from + n)),
    )
      .flat()
      .join(';'),
  );

const allBack = (world: RelayWorld, message: string) =>
  until(async () => JSON.stringify(await waiting(world)) === JSON.stringify(await expected(world)), {
    message,
  });

/** Gives what brings the state of the queues back, as of now. */
async function remember({ redis, logName }: RelayWorld) {
  const keys = await redis.keys(`${queuePrefix(logName)}*`);
  const dumps = await Promise.all(keys.map(async (key) => [key, await redis.dumpBuffer(key)] as const));
  return async () => {
    for (const [key, dump] of dumps) if (dump) await redis.restore(key, 0, dump, 'REPLACE');
  };
}

/** Two workers for each lane that note what they are the first to handle, as `aggregate:version`. */
function startWorkers({ server, logName, pool }: RelayWorld) {
  const handled: string[] = [];
  const connection = new Redis(server.url, { maxRetriesPerRequest: null });
  connection.on('error', () => {});
  const atOnce = new Map<string, number>();
  let most = 0;
  const workers = [...names, ...names].map((name) => {
    const worker = new Worker<JobData>(
      name,
      async ({ data }) => {
        const count = (atOnce.get(name) ?? 0) + 1;
        atOnce.set(name, count);
        most = Math.max(most, count);
        const { rowCount } = await pool.query(
          'INSERT INTO inbox (consumer, event_id, position) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
          ['ordered', JSON.parse(data.envelope).id, data.position],
        );
        if (rowCount === 1) handled.push(nameOf(data as never));
        atOnce.set(name, count - 1);
      },
      { connection, prefix: queuePrefix(logName), drainDelay: 0.05, concurrency: 3 },
    );
    worker.on('error', () => {});
    return worker;
  });
  return {
    handled,
    mostAtOnce: () => most,
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker.close()));
      connection.disconnect();
    },
  };
}

/** The versions of each aggregate, in the order in which they were handled. */
const versionsOf = (handled: readonly string[]) =>
  Map.groupBy(handled, (name) => name.split(':')[0]!)
    .values()
    .map((all) => all.map((name) => Number(name.split(':')[1])));

describe('an ordered consumer', () => {
  test('gets the events of a key in one lane, in the order of the log, while writers overlap and roll back', async () => {
    await using world = await createRelayWorld();
    await register(world, 'ordered', { lanes });
    await register(world, 'all');
    await using _sink = world.startQueues({ batchSize: 70 });
    await writeAtOnce(world.pool, { writers: 8, each: 20 });
    await allEnqueued(world, 'ordered');
    expect(await waiting(world)).toEqual(await expected(world));
    expect((await waiting(world)).filter((ids) => ids.length > 0).length).toBeGreaterThan(1);
    expect(await waitingIn(world, 'all'), 'who keeps no order has one queue').toEqual(await loggedIds(world));
    expect(await waitingIn(world, 'ordered')).toEqual([]);
  });

  test('by the kind of a key gets all that have this key in one lane, whatever their aggregates', async () => {
    await using world = await createRelayWorld();
    await register(world, 'ordered', { lanes, orderedBy: 'user' });
    await writeMany(world, 1, 3);
    await world.pool.query(`UPDATE outbox SET keys = ARRAY['video:' || position, 'user:' || position % 2]`);
    await using _sink = world.startQueues();
    await allEnqueued(world, 'ordered');
    expect(await waiting(world)).toEqual(await expected(world, 'user'));
    expect((await waiting(world)).filter((ids) => ids.length > 0).length).toBeLessThanOrEqual(2);
  });

  test('has one job of a lane running at a time, over all workers', async () => {
    await using world = await createRelayWorld();
    await register(world, 'ordered', { lanes });
    await using workers = startWorkers(world);
    await using _sink = world.startQueues();
    await writeMany(world, 1, 30);
    await until(() => workers.handled.length === 240, { message: 'all are handled' });
    expect(workers.mostAtOnce()).toBe(1);
    for (const versions of versionsOf(workers.handled))
      expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    expect(await concurrencies(world)).toEqual(names.map(() => '1'));
  });
});

describe('lanes that Redis lost', () => {
  test('at any moment, while events flow and are handled, come back without one event before its predecessor', async () => {
    await using world = await createRelayWorld();
    await register(world, 'ordered', { lanes });
    await using workers = startWorkers(world);
    await using _sink = world.startQueues({ batchSize: 120 });
    const { handled } = workers;
    const aggregates = 12;
    const progress = (before: number) =>
      until(() => handled.length > before, { message: () => `more is handled than ${before}` });
    let version = 0;
    let isOver = false;
    const losing = (async () => {
      for (let loss = 0; loss < 8; loss++) {
        // half of the losses meet lanes that flow, the others what the loss before them has left
        if (loss % 2 === 0) await progress(handled.length);
        await delay(Math.random() * 60);
        await (loss % 4 < 2 ? world.redis.flushall() : loseQueues(world));
      }
    })().finally(() => {
      isOver = true;
    });
    // writes as long as lanes are lost, however fast it is, and no further ahead than they can be restored
    while (!isOver) {
      if (version * aggregates - handled.length > 600) await progress(handled.length);
      await writeMany(world, version + 1, version + 4, aggregates);
      version += 4;
    }
    await losing;
    const written = version * aggregates;
    await until(() => handled.length === written, {
      message: () => `all ${written} are handled, not ${handled.length}`,
    });
    for (const versions of versionsOf(handled))
      expect(versions).toEqual(Array.from({ length: version }, (_, n) => n + 1));
  });

  test('and what was lost in the middle of them stand in their order, one job at a time, paused when they were', async () => {
    await using world = await createRelayWorld();
    await register(world, 'ordered', { lanes });
    await using _sink = world.startQueues();
    await writeMany(world, 1, 10);
    await allEnqueued(world, 'ordered');
    await world.pool.query('UPDATE consumer SET paused = true');
    await world.redis.flushall();
    await allBack(world, 'the jobs are back');
    expect(new Set(await concurrencies(world))).toEqual(new Set(['1']));
    for (const name of names) {
      const queue = openQueue(world, name);
      expect(await queue.isPaused(), name).toBe(true);
      await queue.close();
    }

    const [third] = (await waiting(world)).flatMap((ids) => ids.slice(2, 3));
    for (const name of names) await world.redis.lrem(keyOf(world, name, 'wait'), 1, third!);
    await world.pool.query("UPDATE sink SET marker = 'other:1' WHERE name = 'queues'");
    await using _next = world.startQueues();
    await allBack(world, 'the half of a job is whole, in its place');
  });

  test.each([
    ['forgets everything', async () => () => {}],
    ['goes back to what it was', remember],
  ])('let nothing go that a relay adds before it sees the loss; Redis %s', async (_how, prepare) => {
    await using world = await createRelayWorld();
    const { pool, redis, logName } = world;
    await register(world, 'ordered', { lanes });
    await using workers = startWorkers(world);
    await writeMany(world, 1, 5);
    {
      await using _sink = world.startQueues();
      await until(() => workers.handled.length === 40, { message: 'the first are handled' });
    }
    const bringBack = await prepare(world);
    const [consumer] = await readQueueConsumers(pool);
    const jobs = createJobs(redis, queuePrefix(logName));
    await writeMany(world, 6, 9);
    const rows = await readOutbox(pool, { after: 40, upTo: 72, limit: 100 });
    await jobs.add(consumer!, rows.slice(0, 8));
    await until(() => workers.handled.length === 48, { message: 'what follows is handled' });

    await redis.flushall();
    await bringBack();
    const late = { ...consumer!, enqueuedPosition: 56 };
    await expect(jobs.add(late, rows.slice(16))).rejects.toThrow(LanesLostError);
    await expect(jobs.addAgain(late, rows[31]!, `${rows[31]!.id}-r1`)).rejects.toThrow(LanesLostError);
    expect((await waiting(world)).flat(), 'they wait in lanes that are shut').toHaveLength(17);
    expect(workers.handled).toHaveLength(48);
    await using _sink = world.startQueues();
    await until(() => workers.handled.length === 72, { message: 'all are handled' });
    for (const versions of versionsOf(workers.handled)) expect(versions).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await jobs.close();
  });
});

test('dead letters are redriven to their lanes, in the order of the log', async () => {
  await using world = await createRelayWorld();
  await register(world, 'ordered', { lanes });
  await writeMany(world, 1, 3);
  await using _sink = world.startQueues();
  await allEnqueued(world, 'ordered');
  const before = await waiting(world);
  for (let position = 24; position >= 1; position--) await die(world, 'ordered', position);
  await world.pool.query('UPDATE dead_letter SET redrive_requested_at = now(), redrives = 1');
  const redriven = before.map((ids) => [...ids, ...ids.map((id) => `${id}-r1`)]);
  await until(async () => (await waiting(world)).flat().length === 48, { message: 'all are redriven' });
  expect(await waiting(world)).toEqual(redriven);

  await world.redis.flushall();
  const only = before.map((ids) => ids.map((id) => `${id}-r1`));
  await until(async () => (await waiting(world)).flat().length === 24, {
    message: 'they are redriven again',
  });
  expect(await waiting(world)).toEqual(only);
  expect(await enqueuedTo(world, 'ordered')).toBe(24);
});

test('lanes of which Redis refuses one wait until it is taken, in order, and hold up no other consumer', async () => {
  await using world = await createRelayWorld();
  const { redis } = world;
  await register(world, 'ordered', { lanes });
  await register(world, 'taken');
  await using _sink = world.startQueues();
  await writeMany(world, 1, 3);
  await allEnqueued(world, 'ordered');
  const busy = names[placeOf('test/a0', lanes)]!;
  await redis.rename(keyOf(world, busy, 'wait'), 'aside');
  await redis.set(keyOf(world, busy, 'wait'), 'no list');
  await writeMany(world, 4, 9);
  await allEnqueued(world, 'taken');
  expect(await enqueuedTo(world, 'ordered')).toBeLessThan(72);
  await redis.rename('aside', keyOf(world, busy, 'wait'));
  await allEnqueued(world, 'ordered');
  await allBack(world, 'every event is in its place');
});
