import { expect, test } from 'vitest';
import { newestPosition } from '../../src/outbox/head.ts';
import { readSink } from '../../src/outbox/sinks.ts';
import { columns } from '../outbox/support.ts';
import { until } from '../support/until.ts';
import { createWorld } from '../support/world.ts';

const heapMegabytes = 100;
const payloadBytes = 2_000;

test('the relay drains a backlog twice as large as its memory', async () => {
  await using world = await createWorld();
  const { pool } = world.database;
  const count = (2 * heapMegabytes * 1_000_000) / payloadBytes;
  await pool.query(
    `INSERT INTO outbox (${columns})
     SELECT gen_random_uuid(), 'video', 'video.watch_stopped', 1, 'session', n, 1, now(), 'test', 0, '{}',
            jsonb_build_object('text', repeat(md5(n::text), $2 / 32))
       FROM generate_series(1, $1::int) AS n`,
    [count, payloadBytes],
  );
  const end = await newestPosition(pool);
  const relay = world.spawn('relay', {
    env: { NODE_OPTIONS: `--max-old-space-size=${heapMegabytes}`, STREAM_MAX_LENGTH: '1000' },
  });
  let exited = false;
  void relay.exited.then(() => {
    exited = true;
  });
  await until(async () => exited || (await readSink(pool, 'streams')).position >= end, {
    message: 'everything is published',
  });
  expect({ exited }, 'it ran out of memory').toEqual({ exited: false });
});
