/** A worker leaves alone what another database has in Redis. */
import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { expect, test } from 'vitest';
import { queuePrefix } from '../../src/log/keys.ts';
import { laneName } from '../../src/log/queue-names.ts';
import { envelopeJson } from '../../src/outbox/envelope-sql.ts';
import { queueReaction } from '../../src/workers/reaction.ts';
import { until } from '../support/until.ts';
import { createWorkerWorld, poked, type WorkerWorld } from './support.ts';

/** What the worker was told of the owner, what it finds when it asks, and how often it has. */
function tellable(isOurs: boolean) {
  const followers = new Set<(isOurs: boolean) => void>();
  const state = { isOurs, isReallyOurs: isOurs, asked: 0 };
  return Object.assign(state, {
    tell(now: boolean) {
      state.isOurs = now;
      for (const follower of followers) follower(now);
    },
    async looksOurs() {
      state.asked += 1;
      return state.isReallyOurs;
    },
    follow(callback: (isOurs: boolean) => void) {
      followers.add(callback);
      callback(state.isOurs);
      return () => void followers.delete(callback);
    },
  });
}

const reactionWith = (more: { ordered?: { by: 'aggregate'; lanes: number } }) =>
  queueReaction({
    name: 'careful',
    events: [poked],
    ...more,
    async handle(tx, { payload: { n } }) {
      await tx.$executeRaw`INSERT INTO effect (n) VALUES (${n}::int)`;
    },
  });

test('it takes no job before the log is its own, and none while it is not', async () => {
  await using world = await createWorkerWorld();
  const owner = tellable(false);
  await world.run(reactionWith({}), { owner });
  await world.poke(1);
  await until(async () => (await world.waitingJobs('careful')) === 1);
  owner.tell(true);
  await until(async () => (await world.effects()).length === 1);
  owner.tell(false);
  await world.poke(2, 3);
  await until(async () => (await world.waitingJobs('careful')) === 2);
  expect(await world.effects()).toEqual([1]);
  owner.tell(true);
  await until(async () => (await world.effects()).length === 3);
});

test.each([
  { kind: 'unordered', more: {}, queue: 'careful' },
  { kind: 'lane', more: { ordered: { by: 'aggregate', lanes: 1 } } as const, queue: laneName('careful', 0) },
])(
  'a job of an event that is not here is thrown away by the owner only ($kind)',
  async ({ more, queue: name }) => {
    await using world = await createWorkerWorld();
    const owner = tellable(true);
    await using queue = queueOf(world, name);
    await world.run(reactionWith(more), { owner });
    await world.poke(1);
    await until(async () => (await world.effects()).length === 1);
    // another database has taken over, and its relay has added a job, before this worker was told
    owner.isReallyOurs = false;
    await queue.addForeign();
    await until(() => owner.asked > 0);
    expect(await queue.count()).toBe(1);
    owner.isReallyOurs = true;
    await until(async () => (await queue.count()) === 0);
    expect(await world.effects()).toEqual([1]);
  },
);

function queueOf(world: WorkerWorld, name: string) {
  const queue = new Queue(name, { connection: world.redis, prefix: queuePrefix(world.logName) });
  return {
    count: () => queue.getJobCountByTypes('waiting', 'active', 'delayed'),
    /** Its event is in no outbox here. */
    async addForeign() {
      const id = randomUUID();
      const { rows } = await world.pool.query(`SELECT ${envelopeJson} AS envelope FROM outbox`);
      const envelope = JSON.stringify({ ...JSON.parse(rows[0].envelope), id });
      await queue.add('event', { position: 9_999, envelope }, { jobId: id, removeOnComplete: true });
    },
    [Symbol.asyncDispose]: () => queue.close(),
  };
}
