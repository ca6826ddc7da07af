/** One session, many commands at once, some in one statement and some in transactions: its events stay in order. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { upsertVideos } from '../../src/domains/streaming/catalogue.ts';
import {
  changeQuality,
  heartbeat,
  startWatching,
  stopWatching,
} from '../../src/domains/streaming/commands.ts';
import { session } from '../../src/domains/streaming/queries.ts';
import type { Envelope } from '../../src/events/envelope.ts';
import { newestPosition } from '../../src/outbox/head.ts';
import { createHorizon } from '../../src/outbox/horizon.ts';
import type { Outbox } from '../../src/outbox/transaction.ts';
import type { Database } from '../../src/platform/postgres.ts';
import { createFollower } from '../outbox/support.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { cause, film, openOutbox, t0 } from './support.ts';

const sessions = 4;
const clients = 6; // of each session
const commandsEach = 12;

let testDatabase: TestDatabase;
let database: Database;
let outbox: Outbox;
/** Its transactions hold the session's row for a moment before they record */
let slow: Outbox;
let lostRaces = 0;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = testDatabase.database;
  const plain = openOutbox(database);
  outbox = {
    ...plain,
    async statement(...args) {
      const isWritten = await plain.statement(...args);
      if (!isWritten) lostRaces += 1;
      return isWritten;
    },
  };
  slow = {
    ...plain,
    transaction: (because, work) =>
      plain.transaction(because, async (tx) => {
        const result = await work(tx);
        await delay(Math.random() * 4);
        return result;
      }),
  };
  await upsertVideos(database.prisma, [film('metropolis')]);
});
afterAll(() => testDatabase.drop());

test('heartbeats among stops and changes of quality lose nothing, and positions are in the order of versions', async () => {
  const ids = await Promise.all(Array.from({ length: sessions }, (_, n) => start(`user-${n}`)));
  const follower = createFollower(database.pool, createHorizon(database.pool));
  let writing = true;
  const reading = (async () => {
    while (writing) if (!(await follower.follow())) await delay(1);
  })();
  const written = await Promise.all(ids.map(runSession));
  writing = false;
  await reading;
  const newest = await newestPosition(database.pool);
  await until(async () => (await follower.follow()) === false && follower.through >= newest, {
    message: () => `the reader reaches ${newest}; it is at ${follower.through}`,
  });

  const events = follower.rows.map((row) => JSON.parse(row.envelope) as Envelope);
  for (const [index, id] of ids.entries()) {
    const own = events.filter(({ aggregateId }) => aggregateId === id);
    const fromOne = Array.from({ length: own.length }, (_, n) => n + 1);
    expect(
      own.map(({ aggregateVersion }) => aggregateVersion),
      'versions in the order of positions',
    ).toEqual(fromOne);
    expect(own.length, 'events of the start and of every command that changed something').toBe(
      1 + written[index]!.changes,
    );
    expect(own.filter(({ type }) => type === 'video.heartbeat').length).toBe(written[index]!.heartbeats);
    expect(own.at(-1)!.type, 'nothing after the stop').toBe('video.watch_stopped');
    expect(await session(database.prisma, id)).toMatchObject({ version: own.length });
  }
  expect(events.length).toBe(ids.length + written.reduce((sum, { changes }) => sum + changes, 0));
  expect(lostRaces, 'heartbeats that met another command').toBeGreaterThan(20);
});

interface Written {
  changes: number;
  heartbeats: number;
}

/** Sends the commands of several clients at once. The first one stops the session before the others are done. */
async function runSession(id: string): Promise<Written> {
  const written: Written = { changes: 0, heartbeats: 0 };
  const send = async (client: number, n: number) => {
    const sessionId = id;
    if (client === 0 && n === commandsEach - 2) {
      await stopWatching(slow, cause, { sessionId }, t0);
    } else if (client === 1) {
      await changeQuality(slow, cause, { sessionId, quality: n % 2 === 0 ? 'UHD' : 'SD' }, t0);
    } else {
      await heartbeat(outbox, cause, { sessionId }, t0);
      written.heartbeats += 1;
    }
    written.changes += 1;
  };
  const runClient = async (client: number) => {
    for (let n = 0; n < commandsEach; n += 1) {
      await send(client, n).catch((error) => expect(error).toMatchObject({ code: 'SESSION_ENDED' }));
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, client) => runClient(client)));
  return written;
}

async function start(userId: string): Promise<string> {
  const { id } = await startWatching(outbox, cause, { userId, videoId: 'metropolis', quality: 'HD' }, t0);
  return id;
}
