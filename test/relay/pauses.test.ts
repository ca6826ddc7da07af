import { expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { allEnqueued, openQueue, register, write } from './queues.ts';
import { createRelayWorld } from './support.ts';

test.each([
  ['paused', true],
  ['resumed', false],
])('a consumer that was %s is so also after Redis forgot that and nothing else', async (_change, paused) => {
  await using world = await createRelayWorld();
  await register(world, 'all');
  await register(world, 'other');
  await write(world, 1, 3);
  await using _sink = world.startQueues({ assertMs: 20 });
  await allEnqueued(world, 'all');
  const [queue, other] = [openQueue(world, 'all'), openQueue(world, 'other')];
  await world.pool.query("UPDATE consumer SET paused = $1 WHERE name = 'all'", [paused]);
  const { rows } = await world.pool.query(
    "SELECT split_part(marker, ':', 1) AS id FROM sink WHERE name = 'queues'",
  );

  for (let time = 1; time <= 2; time++) {
    if (paused) await queue.resume();
    else await queue.pause();
    await until(async () => (await queue.isPaused()) === paused, { message: `it is so again, time ${time}` });
  }
  expect(await other.isPaused()).toBe(false);
  const after = await world.pool.query(
    "SELECT split_part(marker, ':', 1) AS id FROM sink WHERE name = 'queues'",
  );
  expect(after.rows, 'without healing').toEqual(rows);
  await Promise.all([queue.close(), other.close()]);
});
