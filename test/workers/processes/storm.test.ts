import { afterAll, beforeAll, expect, test } from 'vitest';
import { queuePrefix } from '../../../src/log/keys.ts';
import { type EventFlow, readEventFlow } from '../../../src/operations/event-flow.ts';
import { createQueues } from '../../../src/operations/queues.ts';
import { createLogger } from '../../../src/platform/logger.ts';
import { openRedis } from '../../../src/platform/redis.ts';
import { until } from '../../support/until.ts';
import { pinged, tossed } from './events.ts';
import { createStage, range, type Stage, step } from './stage.ts';
import { patient } from './worker-process.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
  await stage.spawn('storm').waitForLog('worker.started');
});
afterAll(() => stage[Symbol.asyncDispose]());

test.each([
  {
    pair: ['ping', 'pong'],
    what: 'are stopped where the first is set off by what it caused itself',
    first: pinged,
    links: 3,
    reason: /^STORM: "ping" is set off by what it caused itself\. /,
  },
  {
    pair: ['toss', 'catch'],
    what: 'and declare that they may are stopped at the depth that is allowed',
    first: tossed,
    links: 12,
    reason: /^STORM: 11 causes .* 10 at most are allowed\. /,
  },
])('two consumers that set each other off $what', async ({ pair, first, links, reason }) => {
  const correlationId = pair.join();
  const place = { aggregateId: correlationId, aggregateVersion: 1, occurredAt: new Date() };
  await stage.record(correlationId, first.of({ ...place, payload: { n: 1 } }));
  const stopped = pair[(links - 1) % 2]!;
  await until(async () => (await stage.letters(stopped)).length > 0, {
    timeoutMs: patient,
    message: `${stopped} is stopped`,
  });
  const consumers = range(1, links).map((link) => pair[(link - 1) % 2]!);
  const [letter, ...more] = await stage.letters(stopped);
  expect(more).toEqual([]);
  expect(letter!.error).toMatch(reason);
  expect(letter!.error.endsWith(`The chain: request → ${consumers.join(' → ')}`)).toBe(true);

  const { steps, mermaid } = (await flowOf(correlationId))!;
  const ofPair = steps.map(({ reactions }) =>
    reactions
      .filter(({ consumer }) => pair.includes(consumer))
      .map(({ consumer, status }) => [consumer, status]),
  );
  expect(ofPair).toEqual(
    consumers.map((consumer, link) => [[consumer, link === links - 1 ? 'DEAD' : 'DONE']]),
  );
  expect(steps.at(-1)!.reactions.find(({ status }) => status === 'DEAD')!.error).toBe(letter!.error);
  expect(mermaid).toContain(`${stopped}: DEAD`);
});

test('others go on meanwhile, and afterwards: with what the storm brought too', async () => {
  await stage.record('walk', ...range(1, 20).map((n) => step('a', n)));
  await stage.untilEffects('bystander', 23);
  expect((await stage.effects('bystander')).filter(({ key }) => key === 'ping,pong')).toHaveLength(3);
  expect(await stage.letters('bystander')).toEqual([]);
});

async function flowOf(correlationId: string): Promise<EventFlow | null> {
  const redis = openRedis({
    url: stage.world.redis.url,
    name: 'test',
    logger: createLogger('test', 'silent'),
  });
  const queues = createQueues(redis, queuePrefix('aorta'));
  try {
    const through = async () => Number.MAX_SAFE_INTEGER;
    return await readEventFlow({ pool: stage.pool, queues, through }, correlationId);
  } finally {
    await queues.close();
    redis.disconnect();
  }
}
