import { expect, test } from 'vitest';
import { queuePrefix } from '../../src/log/keys.ts';
import { redrive } from '../../src/operations/dead-letter-actions.ts';
import { readDeadLetters } from '../../src/operations/dead-letters.ts';
import { readEventFlow } from '../../src/operations/event-flow.ts';
import { createQueues } from '../../src/operations/queues.ts';
import { queueReaction } from '../../src/workers/reaction.ts';
import { until } from '../support/until.ts';
import { createWorkerWorld, poked } from '../workers/support.ts';

test('what an ordered consumer does with a key is told from its first attempt to the redrive of what waits', async () => {
  await using world = await createWorkerWorld();
  const { pool, redis, logName } = world;
  const queues = createQueues(redis, queuePrefix(logName));
  let work = async (): Promise<void> => {
    throw new Error('not yet');
  };
  const firstAgain = Promise.withResolvers<void>();
  await world.run(
    queueReaction({
      name: 'billing',
      events: [poked],
      ordered: { by: 'aggregate', lanes: 2 },
      retry: { attempts: 2, firstMs: 1 },
      async handle(tx, { payload: { n } }, { attempt }) {
        if (attempt === 2) await firstAgain.promise;
        await work();
        await tx.$executeRaw`INSERT INTO effect (n) VALUES (${n}::int)`;
      },
    }),
  );
  await world.pokeAggregates(1, 0, 1);
  const reactions = async () => {
    const flow = await readEventFlow({ pool, queues, through: async () => 0 }, 'test');
    return flow!.steps.map((step) => step.reactions[0]!);
  };
  const failed = await until(async () => {
    const [reaction] = await reactions();
    return reaction!.status === 'FAILED' && reaction;
  });
  expect(failed).toMatchObject({ attempts: 1, error: 'not yet', startedAt: expect.any(Date) });
  expect((await reactions())[1]).toMatchObject({ status: 'PENDING', startedAt: null });

  firstAgain.resolve();
  await until(async () => (await reactions()).every(({ status }) => status === 'DEAD'));
  const { edges } = await readDeadLetters(pool, { first: 2 });
  const [second, first] = edges.map(({ node }) => node);
  expect(second).toMatchObject({ status: 'WAITING', waitsFor: first!.id, attempts: 0 });
  expect((await reactions())[1]).toMatchObject({ attempts: 0, error: expect.stringContaining(first!.id) });

  work = async () => {};
  expect(await redrive(pool, { ids: [second!.id] })).toEqual({ count: 1, first: [first!.id] });
  await until(async () => (await reactions()).every(({ status }) => status === 'DONE'));
  expect(await world.effects()).toEqual([0, 1]);
  await queues.close();
});
