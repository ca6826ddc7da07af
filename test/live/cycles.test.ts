/** `npm run bench -- cycles` does the same with 5,000 clients. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { runCycles } from '../../bench/cycles/cycle.ts';
import { writeHistory } from '../../bench/cycles/history.ts';
import { type Counts, countInUse, countLive, exceeding } from '../../bench/cycles/in-use.ts';
import { apiRole, startMeasuredServer } from '../../bench/live/measured-server.ts';
import { startWriter, writeToOutbox } from '../../bench/resume/writer.ts';
import { readHeapBytes } from '../../bench/slow/heap.ts';
import { createOutbox } from '../../src/outbox/transaction.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';

const cycles = 2_000;
const mebibyte = 1_048_576;

test('2,000 clients that connect, subscribe and die leave nothing behind in the api, in Redis or in PostgreSQL', async () => {
  await using world = await createWorld();
  await using folder = await createFolder();
  const warnings = path.join(folder.path, 'warnings');
  await using api = await startMeasuredServer({
    script: apiRole,
    args: ['api'],
    env: { ...world.env, NODE_OPTIONS: `--redirect-warnings=${warnings}` },
  });
  const { port } = api;
  await world.spawn('relay').waitForLog('lease.taken');
  using redis = openRedis(world);
  const { pool, prisma } = world.database;
  const target = { port, cursor: await writeHistory(pool, `${world.apiUrl}/graphql`) };
  await using writer = startWriter({
    users: ['user-1', 'user-2'],
    perSecond: 40,
    write: writeToOutbox(createOutbox({ prisma, pool, nudge: () => {} })),
  });
  const inUse = () => countInUse({ port, redis: redis.client, pool });

  // what stays for good is there after the first few hundred: code, caches, connections
  await runCycles(target, 400);
  await untilWithin({}, () => countLive(port));
  const before = await inUse();
  const heapBefore = await readHeapBytes(api);

  await runCycles(target, cycles);
  await writer.stop();
  await untilWithin(before, inUse);
  const grown = (await readHeapBytes(api)) - heapBefore;
  expect(grown / mebibyte).toBeLessThan(5);
  // where Node tells of listeners that were added and never taken away
  expect(await readFile(warnings, 'utf8').catch(() => '')).toBe('');
});

/** Waits until nothing is more than the bound says; what it does not name must be 0. */
async function untilWithin(bound: Counts, count: () => Promise<Counts>): Promise<void> {
  let left: readonly string[] = [];
  const nothingLeft = async () => {
    left = exceeding(await count(), bound);
    return left.length === 0;
  };
  await until(nothingLeft, { message: () => `nothing is left: ${left.join(', ')}` });
}

function openRedis({ redis }: World) {
  const client = new Redis(redis.url, { connectionName: 'test' });
  return { client, [Symbol.dispose]: () => client.disconnect() };
}

async function createFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), 'aorta-test-'));
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
