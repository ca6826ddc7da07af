/** Which relay may take the log in Redis over, after what: on stores of the test's own, without processes. */
import { randomUUID } from 'node:crypto';
import { expect, inject, test } from 'vitest';
import { readOwner } from '../../src/log/owner.ts';
import { createWitness, lookAtOwner } from '../../src/log/ownership.ts';
import { readOwnerRow, takeOwnerRow } from '../../src/outbox/owner-row.ts';
import { openDatabase } from '../../src/platform/postgres.ts';
import { holdOwnership } from '../../src/relay/ownership.ts';
import { takeSnapshot } from '../recovery/snapshot.ts';
import { cloneDatabase, dropDatabase } from '../support/clone-database.ts';
import { until } from '../support/until.ts';
import { createRelayWorld, logger, type RelayWorld } from './support.ts';

/** What a leading relay holds, and whether it does what only an owner may. */
function hold(world: Pick<RelayWorld, 'pool' | 'redis' | 'logName'>, application = 'relay') {
  const state = { isOwner: false, begun: 0 };
  const whileOwned = () => {
    state.isOwner = true;
    state.begun += 1;
    return {
      async stop() {
        state.isOwner = false;
      },
    };
  };
  const loop = holdOwnership({ ...world, application, logger, whileOwned });
  return Object.assign(state, { stop: loop.stop, [Symbol.asyncDispose]: loop.stop });
}

const ownerOf = ({ redis, logName }: RelayWorld) => readOwner(redis, logName);
const standingOf = async (world: RelayWorld) => (await lookAtOwner(world, createWitness())).standing;

/** Waits until it has told again, and gives how often by then. */
async function nextBeat(world: RelayWorld): Promise<number> {
  const before = (await ownerOf(world))?.beat ?? -1;
  return until(async () => {
    const beat = (await ownerOf(world))?.beat ?? -1;
    return beat > before && beat;
  });
}

test('a relay takes over at once from one that was killed, also between the two stores', async () => {
  await using world = await createRelayWorld();
  const first = hold(world);
  await until(() => first.isOwner);
  await first.stop();
  expect(await standingOf(world), 'nobody lives who could tell').toBe('ours');

  // killed after Postgres and before Redis, twice
  for (let kills = 0; kills < 2; kills += 1) {
    const row = await readOwnerRow(world.pool);
    const known = (await ownerOf(world))!;
    const { session, beat } = known;
    const takeover = { session: randomUUID(), generation: row.generation + 1, previous: { session, beat } };
    expect(await takeOwnerRow(world.pool, row, { ...takeover, lostSome: false })).toBe(true);
    expect(await standingOf(world)).toBe('ours');
  }
  await using next = hold(world);
  await until(() => next.isOwner);
  expect(await ownerOf(world)).toMatchObject({ generation: 4 });
});

test('an owner goes on, without beginning anew, when Redis lost its memory or its last writes', async () => {
  await using world = await createRelayWorld();
  await using owner = hold(world);
  await until(() => owner.isOwner);
  const snapshot = await takeSnapshot(world.server);
  const session = (await ownerOf(world))!.session;
  await nextBeat(world);
  await snapshot.restore();
  await nextBeat(world);
  await world.redis.flushall();
  await until(() => ownerOf(world));
  expect(await ownerOf(world)).toMatchObject({ session });
  expect(owner).toMatchObject({ isOwner: true, begun: 1 });
});

test('a Redis that went back to before several takeovers is taken over once its owner is silent', async () => {
  await using world = await createRelayWorld();
  let snapshot: Awaited<ReturnType<typeof takeSnapshot>> | undefined;
  for (let takeovers = 0; takeovers < 3; takeovers += 1) {
    const relay = hold(world);
    await until(() => relay.isOwner);
    snapshot ??= await takeSnapshot(world.server);
    await relay.stop();
  }
  await snapshot!.restore();
  expect(await standingOf(world)).toBe('waiting');
  await letItBeSilent(world);
  await using owner = hold(world);
  await until(() => owner.isOwner);
  expect(await ownerOf(world)).toMatchObject({ generation: 4 });
});

test('another database is refused, and leaves the owner alone when that is silent', async () => {
  await using world = await createRelayWorld();
  const owner = hold(world, 'ours');
  await until(() => owner.isOwner);
  await owner.stop();
  await letItBeSilent(world);
  await world.pool.query('UPDATE log_owner SET database = gen_random_uuid()');
  const look = await lookAtOwner(world, createWitness());
  expect(look).toMatchObject({ standing: 'refused' });
  expect(look.says).toMatch(/is another database's \(generation 1, held by ours\)$/);
  await using other = hold(world, 'another');
  await expect(until(() => other.isOwner, { timeoutMs: 1_500 })).rejects.toThrow();
});

test('a logical copy is refused while its original is silent, unless nobody has written there since it was made', async () => {
  await using world = await createRelayWorld();
  const server = inject('postgresUrl');
  const name = `copy_${randomUUID().replaceAll('-', '')}`;
  const first = hold(world);
  await until(() => first.isOwner);
  await first.stop();
  await endConnections(world);
  const url = await cloneDatabase(server, new URL(world.url).pathname.slice(1), name);
  const database = openDatabase({ url, application: 'test' });
  const copy = { ...world, pool: database.pool };
  try {
    expect(await standingOf(copy), 'it holds all that Redis knows').toBe('ours');
    const owner = hold(world);
    await until(() => owner.isOwner);
    await owner.stop();
    await letItBeSilent(world);
    expect(await standingOf(copy)).toBe('refused');
    expect(await standingOf(world)).toBe('ours');
  } finally {
    await database.stop();
    await dropDatabase(server, name);
  }
});

test('who was seen to be a copy leaves an empty Redis to its owner', async () => {
  await using world = await createRelayWorld();
  await world.pool.query('UPDATE log_owner SET refused_at = now()');
  expect(await standingOf(world)).toBe('waiting');
  await world.pool.query('UPDATE log_owner SET refused_at = NULL');
  expect(await standingOf(world)).toBe('vacant');
});

/** What some seconds without a word come to. */
const letItBeSilent = ({ redis, logName }: RelayWorld) => redis.del(`{${logName}:owner}:alive`);

/** PostgreSQL copies no database that somebody is connected to; the pool connects anew. */
async function endConnections({ pool }: RelayWorld): Promise<void> {
  await pool
    .query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()`)
    .catch(() => {});
}
