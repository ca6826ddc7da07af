import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allReactions } from '../../src/app/modules.ts';
import { type GraphQLAnswer, request } from '../support/graphql-client.ts';
import type { RoleProcess } from '../support/role-process.ts';
import { until } from '../support/until.ts';
import { addVideos } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let relay: RoleProcess;

beforeAll(async () => {
  world = await createWorld();
  await addVideos(world.database, 3);
  const [api, worker] = [world.spawn('api'), world.spawn('worker')];
  relay = world.spawn('relay');
  await Promise.all([
    api.waitForLog('api.started'),
    worker.waitForLog('worker.started'),
    relay.waitForLog('lease.taken'),
  ]);
});
afterAll(() => world[Symbol.asyncDispose]());

test('what a consumer cannot handle is retried, told of, dead-lettered, and handled once when it is redriven', async () => {
  await using trouble = await refuse('badge_progress', "NEW.user_id = 'eve'");
  const correlationId = await start('eve', 'v0');
  const statusOf = async (consumer: string) => (await flowOf(correlationId)).statuses[consumer];

  const failed = await until(async () => {
    const reaction = await statusOf('badges');
    return reaction?.status === 'FAILED' && reaction;
  });
  expect(failed).toMatchObject({ finishedAt: null, error: expect.stringContaining('refused by the test') });
  const dead = await until(async () => {
    const reaction = await statusOf('badges');
    return reaction?.status === 'DEAD' && reaction;
  });
  expect(dead).toMatchObject({ attempts: 5, finishedAt: expect.any(String) });
  for (const other of ['preferences', 'notifications', 'rankings', 'analytics', 'recommendations']) {
    await until(async () => (await statusOf(other))?.status === 'DONE', { message: `${other} goes on` });
  }
  const { mermaid } = await flowOf(correlationId);
  expect(mermaid).toContain('flowchart LR');
  expect(mermaid).toContain('"video.watch_started"');
  expect(mermaid).toContain('"badges: DEAD"');
  expect(mermaid).toMatch(/-\.->\|"5× .*refused by the test.*"\| e0c\d+\("badges: DEAD"\)/);
  expect(mermaid).toContain('"rankings: DONE"');
  const letters = `{ deadLetters(consumer: "badges") { edges { node {
    id consumer attempts error status waitsFor event { type correlationId payload } } } } }`;
  const [letter] = (await ask(letters)).deadLetters.edges;
  expect(letter.node).toMatchObject({
    consumer: 'badges',
    attempts: 5,
    status: 'FAILED',
    waitsFor: null,
    error: expect.stringContaining('refused by the test'),
    event: { type: 'video.watch_started', correlationId, payload: { userId: 'eve' } },
  });
  expect((await consumerStatus('badges')).dead).toBe(1);

  await trouble.end();
  expect(await ask('mutation { redrive(consumer: "badges") }')).toEqual({ redrive: 1 });
  await until(async () => (await statusOf('badges'))?.status === 'DONE');
  expect((await ask(letters)).deadLetters.edges).toEqual([]);
  expect((await ask('{ badges(userId: "eve") { name } }')).badges).toEqual([{ name: 'first-watch' }]);
  expect(await ask('mutation { redrive(consumer: "badges") }')).toEqual({ redrive: 0 });
});

test('what a processor cannot handle is parked while others pass, and discarded for good', async () => {
  await using trouble = await refuse('ranking', "NEW.video_id = 'v1'");
  const correlationId = await start('ann', 'v1');
  // goes by: it comes after the event that is parked
  await start('bob', 'v2');
  const starts = async (id: string) => {
    const { leaderboard } = await ask('{ leaderboard { starts video { id } } }');
    return leaderboard.find((each: { video: { id: string } }) => each.video.id === id)?.starts;
  };
  await until(async () => (await starts('v2')) === 1);
  expect((await flowOf(correlationId)).statuses.rankings).toMatchObject({ status: 'DEAD', attempts: 5 });

  const { deadLetters } = await ask('{ deadLetters(consumer: "rankings") { edges { node { id } } } }');
  const ids = deadLetters.edges.map(({ node }: { node: { id: string } }) => node.id);
  expect(ids).toHaveLength(1);
  await trouble.end();
  expect(await ask('mutation ($ids: [ID!]) { discard(ids: $ids) }', { ids })).toEqual({ discard: 1 });
  expect((await flowOf(correlationId)).statuses.rankings).toMatchObject({
    status: 'DONE',
    error: expect.stringContaining('Discarded'),
  });
  const { rows } = await world.database.pool.query(
    "SELECT handled FROM inbox WHERE consumer = 'rankings' AND NOT handled",
  );
  expect(rows).toEqual([{ handled: false }]);

  // the next one counts, and the one that was discarded is not made up for
  await start('cid', 'v1');
  await until(async () => (await starts('v1')) !== undefined);
  expect(await starts('v1')).toBe(1);
  expect(await ask('mutation { redrive(consumer: "rankings") }')).toEqual({ redrive: 0 });
});

test.each(['badges', 'rankings'])(
  '%s, paused, stand still and catch up when they are resumed',
  async (consumer) => {
    const paused = await ask(
      'mutation ($consumer: String!) { pauseConsumer(consumer: $consumer) { paused consumer } }',
      { consumer },
    );
    expect(paused.pauseConsumer).toEqual({ paused: true, consumer });
    const other = consumer === 'badges' ? 'rankings' : 'badges';
    const correlationId = await start('dan', 'v0');
    await until(async () => (await flowOf(correlationId)).statuses[other]?.status === 'DONE');
    await until(async () => (await consumerStatus(consumer)).lag === 1);
    expect((await flowOf(correlationId)).statuses[consumer]).toMatchObject({
      status: 'PENDING',
      attempts: 0,
    });
    expect(await consumerStatus(consumer)).toMatchObject({ paused: true, active: 0 });
    expect((await consumerStatus(consumer)).oldestUnhandledSeconds).toBeGreaterThan(0);

    const resumed = await ask(
      'mutation ($consumer: String!) { resumeConsumer(consumer: $consumer) { paused } }',
      {
        consumer,
      },
    );
    expect(resumed.resumeConsumer).toEqual({ paused: false });
    await until(async () => (await flowOf(correlationId)).statuses[consumer]?.status === 'DONE');
    await until(async () => (await consumerStatus(consumer)).lag === 0);
  },
);

test.each(['badges', 'rankings'])(
  '%s, draining, handle what was committed before and nothing after, until they are resumed',
  async (consumer) => {
    const change = async (mutation: 'drainConsumer' | 'resumeConsumer') => {
      const query = `mutation ($consumer: String!) { ${mutation}(consumer: $consumer) { draining paused } }`;
      return (await ask(query, { consumer }))[mutation];
    };
    const other = consumer === 'badges' ? 'rankings' : 'badges';
    const before = await start('gil', 'v0');
    expect(await change('drainConsumer')).toEqual({ draining: true, paused: false });
    const after = await start('hal', 'v0');
    const statusIn = async (correlationId: string, name: string) =>
      (await flowOf(correlationId)).statuses[name]?.status;
    await until(async () => (await statusIn(before, consumer)) === 'DONE', {
      message: 'it handles the first',
    });
    await until(async () => (await statusIn(after, other)) === 'DONE', { message: 'others go on' });
    expect(await statusIn(after, consumer)).toBe('PENDING');
    expect(await consumerStatus(consumer)).toMatchObject({ draining: true, lag: 0 });

    expect(await change('resumeConsumer')).toEqual({ draining: false, paused: false });
    await until(async () => (await statusIn(after, consumer)) === 'DONE', { message: 'it goes on' });
  },
);

test('the pipeline names the leader, shows each stream, and is empty when all is done', async () => {
  await start('fay', 'v2');
  const readStored = async () => {
    const { rows } = await world.database.pool.query<{ topic: string; length: number }>(
      'SELECT topic, count(*)::int AS length FROM outbox GROUP BY topic ORDER BY topic',
    );
    return rows;
  };
  // nothing is recorded from before it is read until after: one reading of what moves is of several moments
  const { idle, stored } = await until(async () => {
    const stored = await readStored();
    const { pipeline } = await ask(pipelineQuery);
    const lag = pipeline.consumers.reduce((sum: number, each: { lag: number }) => sum + each.lag, 0);
    const isStill = isDeepStrictEqual(await readStored(), stored);
    return isStill && pipeline.outboxLag === 0 && lag === 0 && { idle: pipeline, stored };
  });
  expect(idle.oldestUnpublishedSeconds).toBe(0);
  expect(idle.relayLeader).toContain(`:${relay.pid}`);
  for (const { topic, length } of stored) {
    expect(idle.streams).toContainEqual({ topic, length, lastCursor: expect.any(String) });
  }
  expect(idle.consumers.map(({ consumer }: { consumer: string }) => consumer)).toEqual(
    allReactions(() => {})
      .map(({ name }) => name)
      .sort(),
  );
});

const pipelineQuery = `{ pipeline { outboxLag oldestUnpublishedSeconds relayLeader
  streams { topic length lastCursor }
  consumers { consumer kind lag active delayed dead waiting oldestUnhandledSeconds paused draining lanes orderedBy } } }`;

/** The data of an answer without errors. */
async function ask(query: string, variables: object = {}): Promise<GraphQLAnswer['data']> {
  const { data, errors } = await request(world.apiUrl, query, variables);
  expect(errors).toBeUndefined();
  return data;
}

/** Starts to watch, and gives the correlation id of what that sets off. */
async function start(userId: string, videoId: string): Promise<string> {
  const query = 'mutation ($u: ID!, $v: ID!) { startWatching(userId: $u, videoId: $v) { id } }';
  const { errors, extensions } = await request(world.apiUrl, query, { u: userId, v: videoId });
  expect(errors).toBeUndefined();
  return extensions.correlationId;
}

interface ReactionShown {
  readonly consumer: string;
  readonly status: string;
  readonly attempts: number;
  readonly finishedAt: string | null;
  readonly error: string | null;
}

/** What became of a request's first event, by consumer. */
async function flowOf(correlationId: string) {
  const query = `query ($id: ID!) { eventFlow(correlationId: $id) {
    mermaid steps { reactions { consumer status attempts startedAt finishedAt error } } } }`;
  const { eventFlow } = await ask(query, { id: correlationId });
  const reactions: readonly ReactionShown[] = eventFlow.steps[0].reactions;
  const statuses: Record<string, ReactionShown> = Object.fromEntries(
    reactions.map((reaction) => [reaction.consumer, reaction]),
  );
  return { mermaid: eventFlow.mermaid as string, statuses };
}

async function consumerStatus(name: string) {
  const { pipeline } = await ask(pipelineQuery);
  return pipeline.consumers.find(({ consumer }: { consumer: string }) => consumer === name);
}

/** Makes the database refuse to insert what fits the condition, until it ends. */
async function refuse(table: string, condition: string) {
  const { pool } = world.database;
  await pool.query(`
    CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'refused by the test'; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON ${table} FOR EACH ROW WHEN (${condition}) EXECUTE FUNCTION refuse()`);
  const end = async () => void (await pool.query(`DROP TRIGGER IF EXISTS refuse ON ${table}`));
  return { end, [Symbol.asyncDispose]: end };
}
