import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { queueMarkerKey } from '../../src/log/keys.ts';
import { connect, insert, nameOf } from '../outbox/support.ts';
import { until } from '../support/until.ts';
import {
  allEnqueued,
  die,
  enqueuedTo,
  idsOf,
  jobsOf,
  loggedIds,
  loseQueues,
  openQueue,
  register,
  write,
} from './queues.ts';
import { createRelayWorld, type RelayWorld, restoreBackup, writeAtOnce, writeWhile } from './support.ts';

/** Notes an event as handled, as a worker's transaction does. */
const handle = ({ pool }: RelayWorld, consumer: string, position: number) =>
  pool.query(
    'INSERT INTO inbox (consumer, event_id, position) SELECT $1, id, position FROM outbox WHERE position = $2',
    [consumer, position],
  );

describe('a consumer', () => {
  test('gets one job for each event of its types, with the event in it, while writers overlap and roll back', async () => {
    await using world = await createRelayWorld();
    await register(world, 'all');
    await register(world, 'none', { types: ['other.*'] });
    await using _sink = world.startQueues({ batchSize: 7 });
    await writeAtOnce(world.pool);
    await allEnqueued(world, 'all');
    expect(await idsOf(world, 'all')).toEqual(await loggedIds(world));
    await allEnqueued(world, 'none');
    expect(await idsOf(world, 'none')).toEqual([]);
    const [first] = await jobsOf(world, 'all');
    expect(JSON.parse(first!.data.envelope)).toMatchObject({
      id: first!.id,
      type: 'test.happened',
      payload: {},
    });
  });

  test('gets nothing beyond a transaction that is still open, and all of it afterwards', async () => {
    await using world = await createRelayWorld();
    await register(world, 'all');
    await using _sink = world.startQueues();
    await write(world, 1, 1);
    await allEnqueued(world, 'all');
    await using open = await connect(world.url);
    await open.query('BEGIN');
    await open.query(insert('open', 1));
    await write(world, 2, 3);
    await register(world, 'later'); // shows that the sink has looked since
    await until(async () => (await enqueuedTo(world, 'later')) === 1);
    expect(await jobsOf(world, 'all')).toHaveLength(1);
    await open.query('COMMIT');
    await allEnqueued(world, 'all');
    const rows = (await jobsOf(world, 'all')).map(({ data }) => nameOf(data as never));
    expect(rows).toEqual(['a:1', 'open:1', 'a:2', 'a:3']);
  });

  test('that comes late is caught up from where it starts, without holding those who are ahead', async () => {
    await using world = await createRelayWorld();
    await register(world, 'ahead');
    await using _sink = world.startQueues({ batchSize: 10 });
    await write(world, 1, 2_000);
    await allEnqueued(world, 'ahead');
    await register(world, 'earliest');
    await register(world, 'from 1900', { start: 1_900 });
    await until(async () => (await enqueuedTo(world, 'earliest')) > 0);
    await write(world, 2_001, 2_003);
    await allEnqueued(world, 'ahead');
    expect(await enqueuedTo(world, 'earliest'), 'it is still catching up').toBeLessThan(2_000);
    await allEnqueued(world, 'earliest');
    expect(await idsOf(world, 'ahead')).toEqual(await loggedIds(world));
    expect(await idsOf(world, 'earliest')).toEqual(await loggedIds(world));
    expect(await idsOf(world, 'from 1900')).toEqual(await loggedIds(world, 1_900));
  });
});

describe('jobs that Redis lost', () => {
  test('are added again, except those that were handled or became dead letters', async () => {
    await using world = await createRelayWorld();
    await register(world, 'one');
    await register(world, 'other', { start: 5 });
    await using _sink = world.startQueues({ batchSize: 3 });
    await write(world, 1, 10);
    await allEnqueued(world, 'one');
    await allEnqueued(world, 'other');
    await handle(world, 'one', 2);
    await handle(world, 'other', 7);
    await die(world, 'one', 3);

    await loseQueues(world);
    const ids = await loggedIds(world);
    const without = (...positions: number[]) => ids.filter((_, n) => !positions.includes(n + 1));
    await until(async () => (await idsOf(world, 'other')).length === 4, { message: 'the jobs are back' });
    expect(await idsOf(world, 'one')).toEqual(without(2, 3));
    expect(await idsOf(world, 'other')).toEqual(without(1, 2, 3, 4, 5, 7));
  });

  test('at any moment while events flow are all there in the end', async () => {
    await using world = await createRelayWorld();
    await register(world, 'all');
    await using _sink = world.startQueues({ batchSize: 5 });
    await writeWhile(world.pool, async () => {
      for (let loss = 0; loss < 6; loss++) {
        await delay(30 + Math.random() * 60);
        await loseQueues(world);
      }
    });
    await allEnqueued(world, 'all');
    const ids = await loggedIds(world);
    await until(async () => (await idsOf(world, 'all')).length >= ids.length, {
      message: 'every job is there',
    });
    expect(await idsOf(world, 'all')).toEqual(ids);
  });

  test.each(['runs', 'is stopped'])(
    'because it came back with an older state are added again; the sink %s',
    async (how) => {
      await using world = await createRelayWorld();
      await register(world, 'all');
      const older: [string, Buffer][] = [];
      {
        await using sink = world.startQueues();
        await write(world, 1, 3);
        await allEnqueued(world, 'all');
        for (const key of await world.redis.keys('*'))
          older.push([key, (await world.redis.dumpBuffer(key))!]);
        await write(world, 4, 6);
        await allEnqueued(world, 'all');
        if (how === 'is stopped') await sink.stop();
        const rollBack = world.redis.multi().flushall();
        for (const [key, value] of older) rollBack.restore(key, 0, value);
        await rollBack.exec();
        if (how === 'runs')
          await until(async () => (await idsOf(world, 'all')).length === 6, { message: 'they are back' });
        else expect(await idsOf(world, 'all')).toHaveLength(3);
      }
      await using _sink = world.startQueues();
      await until(async () => (await idsOf(world, 'all')).length === 6, {
        message: 'the lost jobs are back',
      });
      expect(await idsOf(world, 'all')).toEqual(await loggedIds(world));
    },
  );

  test('leave a paused consumer paused', async () => {
    await using world = await createRelayWorld();
    await register(world, 'all');
    await using _sink = world.startQueues();
    await write(world, 1, 3);
    await allEnqueued(world, 'all');
    await world.pool.query('UPDATE consumer SET paused = true');
    await loseQueues(world);
    await until(async () => (await idsOf(world, 'all')).length === 3);
    const queue = openQueue(world, 'all');
    expect(await queue.isPaused()).toBe(true);
    await queue.close();
  });
});

describe('jobs that are done', () => {
  /** A log of three events whose jobs are done, and a sink that was stopped. */
  async function done() {
    const world = await createRelayWorld();
    await register(world, 'all');
    await using _sink = world.startQueues();
    await write(world, 1, 3);
    await allEnqueued(world, 'all');
    for (const job of await jobsOf(world, 'all')) await job.remove();
    return world;
  }

  /** Lets the sink have a look at everything there is. */
  async function look(world: RelayWorld): Promise<void> {
    await using _sink = world.startQueues();
    await write(world, 4, 4);
    await allEnqueued(world, 'all');
  }

  test('stay done under a new leader of the same Postgres and Redis', async () => {
    await using world = await done();
    await look(world);
    expect(await idsOf(world, 'all')).toEqual(await loggedIds(world, 3));
  });

  test('are added again when Postgres came back from before they were counted: their effects are lost', async () => {
    await using world = await done();
    const { rows } = await world.pool.query("SELECT marker FROM sink WHERE name = 'queues'");
    {
      await using _sink = world.startQueues();
      await write(world, 4, 6);
      await allEnqueued(world, 'all');
      for (const job of await jobsOf(world, 'all')) await job.remove();
    }
    await restoreBackup(world.pool, 3);
    await world.pool.query("UPDATE sink SET marker = $1 WHERE name = 'queues'", [rows[0].marker]);
    await look(world);
    expect(await idsOf(world, 'all')).toEqual(await loggedIds(world));
  });

  test('are added again when another server of Postgres took over: it may lack their effects', async () => {
    await using world = await done();
    const key = queueMarkerKey(world.logName);
    const marker = (await world.redis.get(key))!;
    expect(marker).toMatch(/^[0-9a-f-]{36}@\d+\.[0-9A-F]{8}:\d+$/);
    await world.redis.set(key, marker.replace(/\.[0-9A-F]{8}:/, '.0000000F:'));
    await look(world);
    expect(await idsOf(world, 'all')).toEqual(await loggedIds(world));
  });
});

test('a dead letter that is to be redriven gets a job of its own, once for each request', async () => {
  await using world = await createRelayWorld();
  await register(world, 'all');
  await write(world, 1, 1);
  await die(world, 'all', 1);
  await handle(world, 'all', 1);
  await world.pool.query('UPDATE dead_letter SET redrive_requested_at = now(), redrives = 2, id = $1', [
    randomUUID(),
  ]);
  await using _sink = world.startQueues();
  const [id] = await loggedIds(world);
  await until(async () => (await idsOf(world, 'all')).includes(`${id}-r2`), { message: 'it is enqueued' });
  await loseQueues(world);
  await until(async () => (await idsOf(world, 'all')).includes(`${id}-r2`), {
    message: 'it is enqueued again',
  });
  expect((await idsOf(world, 'all')).filter((job) => job?.includes('-r'))).toHaveLength(1);
});
