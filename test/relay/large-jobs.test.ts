import { expect, test } from 'vitest';
import { insert } from '../outbox/support.ts';
import { until } from '../support/until.ts';
import { allowConfig, forbidConfig, insertLarge, limitSize } from './poison.ts';
import { jobsOf, register } from './queues.ts';
import { createRelayWorld, type RelayWorld } from './support.ts';

const jobPositions = async (world: RelayWorld, consumer: string) =>
  (await jobsOf(world, consumer)).map((job) => job.data.position);

async function deadLetters({ pool }: RelayWorld) {
  const { rows } = await pool.query(
    `SELECT consumer, position, attempts, split_part(error, ':', 1) AS error, event->>'aggregateId' AS aggregate,
            redrive_requested_at AS requested
       FROM dead_letter ORDER BY position, consumer`,
  );
  return rows;
}

const letter = (consumer: string, position: number) => ({
  consumer,
  position,
  attempts: 0,
  error: 'TOO_LARGE',
  aggregate: 'large',
  requested: null,
});

test.each([
  ['tells its limit', async () => {}],
  ['is not to be asked for it', forbidConfig],
])(
  'a job that Redis does not take becomes a dead letter, and the others are added; Redis %s',
  async (_how, prepare) => {
    await using world = await createRelayWorld();
    await limitSize(world, 1);
    await prepare(world);
    await register(world, 'emails');
    await world.pool.query(insert('a', 1, 2));
    await world.pool.query(insertLarge(1));
    await world.pool.query(insert('a', 3));
    await using _sink = world.startQueues();
    await until(async () => (await jobPositions(world, 'emails')).length === 3, {
      message: 'the others are added',
    });
    expect(await jobPositions(world, 'emails')).toEqual([1, 2, 4]);
    expect(await deadLetters(world)).toEqual([letter('emails', 3)]);
    await allowConfig(world);
  },
);

test('each consumer gets its own dead letter, and jobs that Redis lost are added again all the same', async () => {
  await using world = await createRelayWorld();
  await limitSize(world, 1);
  await register(world, 'emails');
  await register(world, 'badges');
  await world.pool.query(insertLarge(1));
  await world.pool.query(insert('a', 1));
  await using _sink = world.startQueues();
  const added = () =>
    until(
      async () => {
        const [badges, emails] = [await jobPositions(world, 'badges'), await jobPositions(world, 'emails')];
        return badges.join() === '2' && emails.join() === '2';
      },
      { message: 'the jobs are there' },
    );
  await added();
  expect(await deadLetters(world)).toEqual([letter('badges', 1), letter('emails', 1)]);
  await world.pool.query("DELETE FROM dead_letter WHERE consumer = 'badges'");
  await world.redis.flushall();
  await added();
  expect(await deadLetters(world)).toEqual([letter('badges', 1), letter('emails', 1)]);
});

test('a redrive adds it once Redis takes more, and until then leaves it a dead letter', async () => {
  await using world = await createRelayWorld();
  await limitSize(world, 1);
  await register(world, 'emails');
  await world.pool.query(insertLarge(1));
  await using _sink = world.startQueues();
  await until(async () => (await deadLetters(world)).length === 1);
  const redrive = () =>
    world.pool.query('UPDATE dead_letter SET redrive_requested_at = now(), redrives = redrives + 1');
  await redrive();
  await until(async () => (await deadLetters(world))[0].requested === null, {
    message: 'it is refused again',
  });
  expect(await jobPositions(world, 'emails')).toEqual([]);
  await limitSize(world, 512);
  await redrive();
  await until(async () => (await jobPositions(world, 'emails')).join() === '1', { message: 'it is added' });
});
