/** Real processes in which every batch is published, every job added and every job run a second time. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Queue } from 'bullmq';
import { expect, test } from 'vitest';
import { queuePrefix } from '../../src/log/keys.ts';
import { type Lanes, queueNames } from '../../src/log/queue-names.ts';
import { readLog } from '../support/log.ts';
import { healthUrl, series } from '../support/role-health.ts';
import { twice } from '../support/twice/environment.ts';
import { type Doubled, readReport } from '../support/twice/report.ts';
import { until } from '../support/until.ts';
import { createViewers } from '../support/viewers.ts';
import type { World } from '../support/world.ts';
import {
  createRecoveryWorld,
  expectEffectsOnce,
  expectWholeLog,
  followLog,
  patient,
  startAll,
  untilAllHandled,
} from './support.ts';

test('whatever is published, enqueued and run twice has its effects once, and subscribers see each event once', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'aorta-twice-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true }));
  const report = path.join(folder, 'report');
  const world = stack.use(await createRecoveryWorld());
  const { worker } = await startAll(world, twice(report));
  const subscription = stack.use(await followLog(world.apiUrl));

  const viewers = createViewers(world.database);
  const watch = async (user: number) => {
    for (let round = 0; round < 8; round += 1) {
      const sessionId = await viewers.start({ userId: `u${user}`, videoId: `v${(user + round) % 4}` });
      await viewers.heartbeat(sessionId);
      await viewers.changeQuality(sessionId, 2);
      if (round % 2 === 0) await viewers.stop(sessionId);
    }
  };
  await Promise.all([0, 1, 2, 3].map(watch));
  await untilAllHandled(world.database);
  const consumers = await queueConsumers(world);
  await untilNoJobs(world, consumers);

  await expectWholeLog(world, subscription);
  await expectEffectsOnce(world.database);
  expect((await readLog(world.database)).length).toBeGreaterThan(150);
  const done = readReport(report);
  const answers = done.flatMap((line) => (line.done === 'published' ? [line.answer] : []));
  expect([...new Set(answers)], 'every batch was published again, and fenced').toEqual(['FENCED']);
  expect(done.filter((line) => line.done === 'harm')).toEqual([]);
  const skipped = await series(await healthUrl(worker), 'aorta_skipped_total');
  for (const { name, handled } of consumers) {
    expect(countOf(done, name, 'enqueued'), `${name} had a second job for each event`).toBeGreaterThanOrEqual(
      handled,
    );
    expect(countOf(done, name, 'ran'), `${name} was run twice for each job`).toBeGreaterThanOrEqual(
      2 * handled,
    );
    expect(skipped[`consumer="${name}"`], `${name} met what it had handled`).toBeGreaterThan(0);
  }
});

interface QueueConsumer extends Lanes {
  /** How many events it has handled */
  readonly handled: number;
}

async function queueConsumers({ database: { pool } }: World): Promise<readonly QueueConsumer[]> {
  const { rows } = await pool.query<QueueConsumer>(
    `SELECT name, lanes, (SELECT count(*)::int FROM inbox WHERE consumer = name) AS handled
       FROM consumer WHERE kind = 'QUEUE'`,
  );
  const busy = rows.filter(({ handled }) => handled > 0);
  expect(busy.length, 'more than one service has to do with viewings').toBeGreaterThan(1);
  return busy;
}

/** Waits until the second jobs have been run too. */
async function untilNoJobs({ redis }: World, consumers: readonly Lanes[]): Promise<void> {
  const connection = { url: redis.url };
  for (const name of consumers.flatMap(queueNames)) {
    const queue = new Queue(name, { connection, prefix: queuePrefix('aorta'), skipMetasUpdate: true });
    const left = () => queue.getJobCountByTypes('waiting', 'active', 'delayed');
    await until(async () => (await left()) === 0, {
      timeoutMs: patient,
      message: `no job of ${name} is left`,
    });
    await queue.close();
  }
}

/** How many jobs of a consumer were added a second time, or run a second time. */
function countOf(done: readonly Doubled[], consumer: string, what: 'enqueued' | 'ran'): number {
  const isOf = (queue: string) => queue === consumer || queue.startsWith(`${consumer}~`);
  return done.reduce((count, line) => {
    if (line.done !== what || !isOf(line.queue)) return count;
    return count + (line.done === 'enqueued' ? line.jobs : 1);
  }, 0);
}
