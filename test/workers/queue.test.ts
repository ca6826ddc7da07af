import { Queue } from 'bullmq';
import type { Pool } from 'pg';
import { expect, test } from 'vitest';
import { queuePrefix } from '../../src/log/keys.ts';
import { discard, redrive } from '../../src/operations/dead-letter-actions.ts';
import { parkEvent, republishParked } from '../../src/outbox/parked.ts';
import { readOutbox } from '../../src/outbox/read-outbox.ts';
import type { Tx } from '../../src/outbox/transaction.ts';
import { queueReaction } from '../../src/workers/reaction.ts';
import { registerConsumer } from '../../src/workers/register.ts';
import { logger } from '../relay/support.ts';
import { until } from '../support/until.ts';
import { createWorkerWorld, poked, range } from './support.ts';

const write = (tx: Tx, n: number) => tx.$executeRaw`INSERT INTO effect (n) VALUES (${n}::int)`;

test('each event has its effect once, and what a failed attempt wrote is gone', async () => {
  await using world = await createWorkerWorld();
  const attempts = new Map<number, number>();
  await world.run(
    queueReaction({
      name: 'stumbling',
      events: [poked],
      async handle(tx, { payload: { n } }, { attempt }) {
        attempts.set(n, attempt);
        await write(tx, n);
        if (n % 3 === 0 && attempt === 1) throw new Error('stumbled after writing');
      },
    }),
  );
  await world.poke(...range(12));
  await until(async () => (await world.effects()).length === 12);
  expect((await world.effects()).sort((a, b) => a - b)).toEqual(range(12));
  expect(attempts.get(3)).toBe(2);
  const { rows } = await world.pool.query(
    "SELECT attempts FROM inbox WHERE consumer = 'stumbling' AND attempts = 2",
  );
  expect(rows).toHaveLength(4);
});

test('an event that fails every attempt becomes a dead letter, and holds up nobody', async () => {
  await using world = await createWorkerWorld();
  await world.run(
    queueReaction({
      name: 'choking',
      events: [poked],
      retry: { attempts: 2 },
      async handle(tx, { payload: { n } }) {
        if (n === 1) throw new Error('cannot swallow 1');
        await write(tx, n);
      },
    }),
  );
  await world.poke(...range(5));
  const letters = () => world.database.prisma.deadLetter.findMany();
  await until(async () => (await letters()).length === 1 && (await world.effects()).length === 4);
  expect((await letters())[0]).toMatchObject({
    consumer: 'choking',
    attempts: 2,
    error: expect.stringContaining('cannot swallow 1'),
    event: expect.objectContaining({ type: 'test.poked', payload: { n: 1 } }),
  });
});

test('a redriven event is handled once and its dead letter goes with it; a discarded one never comes back', async () => {
  await using world = await createWorkerWorld();
  let fixed = false;
  await world.run(
    queueReaction({
      name: 'mended',
      events: [poked],
      retry: { attempts: 1 },
      async handle(tx, { payload: { n } }) {
        if (!fixed && n < 2) throw new Error('not yet');
        await write(tx, n);
      },
    }),
  );
  await world.poke(0, 1, 2);
  const letters = () => world.database.prisma.deadLetter.findMany({ orderBy: { position: 'asc' } });
  await until(async () => (await letters()).length === 2);
  const [first, second] = await letters();

  // still broken: it fails again and stays
  await redrive(world.pool, { ids: [first!.id] });
  await until(
    async () => (await letters())[0]!.attempts === 2 && (await letters())[0]!.redriveRequestedAt === null,
  );
  fixed = true;
  await discard(world.pool, { ids: [second!.id] });
  await redrive(world.pool, { ids: [first!.id] });
  await until(async () => (await letters()).length === 0);
  expect(await world.effects()).toEqual([2, 0]);

  // Redis forgets its jobs: what was handled or discarded is not enqueued again
  await world.redis.flushall();
  await world.poke(3);
  await until(async () => (await world.effects()).length === 3);
  expect(await world.effects()).toEqual([2, 0, 3]);
});

test('a handler that takes longer than its timeout is rolled back', async () => {
  await using world = await createWorkerWorld();
  await world.run(
    queueReaction({
      name: 'dawdling',
      events: [poked],
      retry: { attempts: 1 },
      timeoutMs: 50,
      async handle(tx, { payload: { n } }, { signal }) {
        await write(tx, n);
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
    }),
  );
  await world.poke(1);
  await until(async () => (await world.database.prisma.deadLetter.count()) === 1);
  expect(await world.effects()).toEqual([]);
});

test('an event that is parked while its job waits is handled once it is published again', async () => {
  await using world = await createWorkerWorld();
  const tries: number[] = [];
  await registerConsumer(world.pool, reaction(), logger);
  function reaction() {
    return queueReaction({
      name: 'patient',
      events: [poked],
      async handle(tx, { payload: { n } }, { attempt }) {
        tries.push(attempt);
        await write(tx, n);
      },
    });
  }
  await world.poke(1);
  const queue = new Queue('patient', {
    connection: { url: world.server.url },
    prefix: queuePrefix(world.logName),
  });
  await until(async () => (await queue.getJobCountByTypes('waiting')) === 1);
  const [event] = (await world.pool.query('SELECT id, position FROM outbox')).rows;
  // as the relay does, which found that nobody knew the type
  await world.pool.query("UPDATE sink SET marker = 'relay' WHERE name = 'streams'");
  const client = await world.pool.connect();
  expect(await parkEvent(client, event.position, 'UNKNOWN_TYPE', 'relay')).toBe(true);
  client.release();

  await world.run(reaction());
  await until(async () => (await queue.getJobCountByTypes('delayed')) === 1);
  expect(await world.effects()).toEqual([]);
  await republishParked(world.pool, [event.id]);
  await until(async () => (await world.effects()).length > 0);
  expect(await world.effects()).toEqual([1]);
  expect((await world.pool.query('SELECT FROM dead_letter')).rowCount).toBe(0);
  await queue.close();
});

test('the same job twice at once has one effect', async () => {
  await using world = await createWorkerWorld();
  let runs = 0;
  await world.poke(1);
  const [row] = await readOutbox(world.pool, { after: 0, upTo: Number.MAX_SAFE_INTEGER, limit: 1 });
  const { position, envelope } = row!;
  const queue = new Queue('twice', { connection: world.redis, prefix: queuePrefix(world.logName) });
  for (const jobId of ['first', 'second']) {
    await queue.add('again', { position, envelope }, { jobId, attempts: 1 });
  }
  await world.run(
    queueReaction({
      name: 'twice',
      events: [poked],
      async handle(tx, { payload: { n } }) {
        runs += 1;
        await write(tx, n);
      },
    }),
  );
  await until(async () => (await queue.getJobCountByTypes('waiting', 'active', 'delayed')) === 0);
  expect(await world.effects()).toEqual([1]);
  expect(runs).toBe(1);
  await queue.close();
});

test('a redrive is not undone by a second delivery that fails after it', async () => {
  await using world = await createWorkerWorld();
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let runs = 0;
  const declared = queueReaction({
    name: 'late',
    events: [poked],
    retry: { attempts: 1 },
    async handle(tx, { payload: { n } }) {
      const run = runs++;
      await gates[run]?.promise;
      if (run < gates.length) throw new Error(`run ${run}`);
      await write(tx, n);
    },
  });
  await registerConsumer(world.pool, declared, logger);
  await world.poke(1);
  await until(async () => (await world.waitingJobs('late')) === 1);
  await world.addTwice('late');
  await world.run(declared);
  // had the second come later, it would have met the dead letter, and would have been skipped
  await until(() => isAnyoneWaiting(world.pool), {
    message: 'the second delivery waits for the end of the first',
  });
  gates[0]!.resolve();
  await until(async () => (await world.database.prisma.deadLetter.count()) === 1 && runs === 2, {
    message: 'the first is a dead letter, and the second runs',
  });
  await redrive(world.pool, { consumer: 'late' });
  gates[1]!.resolve();
  await until(async () => (await world.effects()).length === 1, { message: 'what was redriven is handled' });
  expect(await world.database.prisma.deadLetter.count()).toBe(0);
});

/** Whether a transaction of this database waits for the end of another. */
async function isAnyoneWaiting(pool: Pool): Promise<boolean> {
  const { rowCount } = await pool.query(
    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'transactionid'",
  );
  return rowCount! > 0;
}
