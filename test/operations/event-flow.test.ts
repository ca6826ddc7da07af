import { type Job, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { queuePrefix } from '../../src/log/keys.ts';
import { placeOf } from '../../src/log/place-of.ts';
import { laneName } from '../../src/log/queue-names.ts';
import { headlineOf } from '../../src/platform/failures/headline.ts';
import type { Database } from '../../src/platform/postgres.ts';
import { until } from '../support/until.ts';
import {
  type Desk,
  deadLetter,
  deadLetterInOrder,
  logName,
  noteHandled,
  openDesk,
  ordered,
  paid,
  placed,
  recordChain,
  registerConsumer,
  setCheckpoints,
  unordered,
} from './support.ts';

let desk: Desk;
let database: Database;
beforeAll(async () => {
  desk = await openDesk();
  database = desk.world.database;
});
afterAll(() => desk[Symbol.asyncDispose]());
beforeEach(async () => {
  await database.pool.query('TRUNCATE outbox, consumer, inbox, dead_letter, processor_checkpoint');
  desk.published = Number.MAX_SAFE_INTEGER;
});

const range = (count: number) => Array.from({ length: count }, (_, n) => n);

const flowOf = async (correlationId: string) => {
  const flow = await desk.operations.eventFlow(correlationId);
  if (!flow) throw new Error(`there is no flow ${correlationId}`);
  return flow;
};

test.each([
  [
    'Error: The card was refused.\n    at pay (pay.ts:3:9)\n    at run (run.ts:1:1)',
    'Error: The card was refused.',
  ],
  [
    'PrismaClientKnownRequestError: \nInvalid `tx.badge.create()` invocation:\n\n\nUnique constraint failed\n    at x (y.ts:1:1)',
    'PrismaClientKnownRequestError: Unique constraint…',
  ],
  [
    '\nInvalid `tx.badge.create()` invocation in\nx.ts:1:1\n\nNo.',
    'Invalid `tx.badge.create()` invocation in No.',
  ],
  ['', ''],
])('the headline of %j is %j', (error, headline) => {
  expect(headlineOf(error, 49)).toBe(headline);
});

describe('the flow of a request', () => {
  test('is unknown when nothing was recorded for it', async () => {
    expect(await desk.operations.eventFlow('nobody')).toBeNull();
  });

  test('holds its events in order, each with the consumers that want it', async () => {
    await registerConsumer(database, 'billing', 'QUEUE', ['order.placed']);
    await registerConsumer(database, 'audit', 'PROCESSOR', ['order.*']);
    await recordChain(database, 'other', [placed]);
    await recordChain(database, 'one', [placed, paid]);
    const { steps } = await flowOf('one');
    expect(
      steps.map(({ event, reactions }) => [event.type, reactions.map(({ consumer }) => consumer)]),
    ).toEqual([
      ['order.placed', ['audit', 'billing']],
      ['order.paid', ['audit']],
    ]);
  });

  test('leaves out a consumer that started later', async () => {
    const [event] = await recordChain(database, 'one', [placed]);
    await registerConsumer(database, 'billing', 'QUEUE', ['order.placed']);
    await database.pool.query('UPDATE consumer SET start_position = $1', [event!.position]);
    expect((await flowOf('one')).steps[0]!.reactions).toEqual([]);
  });

  test('leaves out a consumer that took on the type later, and counts no lag for it', async () => {
    await registerConsumer(database, 'billing', 'QUEUE', ['order.paid', 'order.placed']);
    const [, second] = await recordChain(database, 'one', [placed, paid, placed]);
    await database.pool.query(
      'UPDATE consumer SET type_starts = ARRAY[0, $1::bigint], enqueued_position = $1',
      [second!.position],
    );
    const { steps } = await flowOf('one');
    expect(steps.map(({ reactions }) => reactions.length)).toEqual([0, 1, 1]);
    expect((await desk.operations.pipeline()).consumers).toMatchObject([{ consumer: 'billing', lag: 1 }]);
  });

  test('tells of a queue consumer whether it has handled, dead-lettered or not yet met the event', async () => {
    for (const name of ['dead', 'handled', 'redriven', 'waiting']) {
      await registerConsumer(database, name, 'QUEUE', ['order.placed']);
    }
    const [event] = await recordChain(database, 'one', [placed]);
    await noteHandled(database, 'handled', event!);
    await deadLetter(database, 'dead', event!);
    const redriven = await deadLetter(database, 'redriven', event!);
    await desk.operations.redrive({ ids: [redriven] });
    const { steps } = await flowOf('one');
    const ended = { startedAt: null, finishedAt: expect.any(Date) };
    const open = { startedAt: null, finishedAt: null };
    expect(steps[0]!.reactions).toEqual([
      { consumer: 'dead', status: 'DEAD', attempts: 5, ...ended, error: 'It broke.' },
      { consumer: 'handled', status: 'DONE', attempts: 1, ...ended, error: null },
      { consumer: 'redriven', status: 'PENDING', attempts: 5, ...open, error: 'It broke.' },
      { consumer: 'waiting', status: 'PENDING', attempts: 0, ...open, error: null },
    ]);
  });

  /** The only reaction to the only event, once an attempt at it has failed. */
  const failedReaction = () =>
    until(
      async () => {
        const [reaction] = (await flowOf('one')).steps[0]!.reactions;
        return reaction?.status === 'FAILED' && reaction;
      },
      { message: 'the failed attempt is told' },
    );

  test('tells of an attempt that failed and will be made again, and with what', async () => {
    await registerConsumer(database, 'billing', 'QUEUE', ['order.placed']);
    const [event] = await recordChain(database, 'one', [placed]);
    await desk.jobs.add(unordered('billing'), [event!]);
    await using failing = await failOnce('billing');
    const reaction = await failedReaction();
    expect(failing.failures).toBe(1);
    expect(reaction).toEqual({
      consumer: 'billing',
      status: 'FAILED',
      attempts: 1,
      startedAt: null,
      finishedAt: null,
      error: 'The card was refused.',
    });
  });

  test('counts the attempts at a dead letter that was sent again with those before', async () => {
    await registerConsumer(database, 'billing', 'QUEUE', ['order.placed']);
    const [event] = await recordChain(database, 'one', [placed]);
    await deadLetter(database, 'billing', event!);
    await desk.operations.redrive({ consumer: 'billing' });
    const { id, position, envelope } = event!;
    await desk.jobs.addAgain(unordered('billing'), { position, envelope }, `${id}-r1`);
    await using _failing = await failOnce('billing');
    expect(await failedReaction()).toMatchObject({ attempts: 6, error: 'The card was refused.' });
  });

  test('tells of a lane’s job, which a worker keeps while it tries again, since when, how often and why', async () => {
    await registerConsumer(database, 'billing', 'QUEUE', ['order.placed'], ordered('billing'));
    const [event] = await recordChain(database, 'one', [placed]);
    await desk.jobs.add(ordered('billing'), [event!]);
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    await using _lane = await work(laneName('billing', placeOf('order/one', 4)), async (job) => {
      await job.updateProgress({ attempts: 2, error: 'The card was refused.' });
      await held;
    });
    expect(await failedReaction()).toEqual({
      consumer: 'billing',
      status: 'FAILED',
      attempts: 2,
      startedAt: expect.any(Date),
      finishedAt: null,
      error: 'The card was refused.',
    });
    letGo();
  });

  test('calls what waits for a dead letter dead, with no attempts and what it waits for, until it is sent too', async () => {
    await registerConsumer(database, 'billing', 'QUEUE', ['order.*'], ordered('billing'));
    const [first] = await deadLetterInOrder(
      database,
      'billing',
      await recordChain(database, 'one', [placed, paid]),
    );
    const second = async () => (await flowOf('one')).steps[1]!.reactions[0];
    const waits = `WAITS: dead letter ${first} stands before it`;
    expect(await second()).toMatchObject({ status: 'DEAD', attempts: 0, error: waits });
    await desk.operations.discard({ ids: [first!] });
    expect(await second()).toMatchObject({ status: 'PENDING', attempts: 0, error: null, finishedAt: null });
  });

  test('calls a processor done when all of its slots have passed the event', async () => {
    await registerConsumer(database, 'audit', 'PROCESSOR', ['order.*']);
    const [event] = await recordChain(database, 'one', [placed]);
    const statusAt = async (...positions: number[]) => {
      await setCheckpoints(database, 'audit', positions);
      return (await flowOf('one')).steps[0]!.reactions[0]!.status;
    };
    const { position } = event!;
    expect(await statusAt(position, position - 1)).toBe('PENDING');
    expect(await statusAt(position, position)).toBe('DONE');
    await deadLetter(database, 'audit', event!);
    expect(await statusAt(position, position)).toBe('DEAD');
  });

  test('is told before it is published, with cursors that skip nothing', async () => {
    const [first, second] = await recordChain(database, 'one', [placed, paid]);
    desk.published = first!.position;
    const { steps } = await flowOf('one');
    expect(steps.map(({ event }) => event.id)).toEqual([first!.id, second!.id]);
    expect(steps.map(({ event }) => event.position)).toEqual([first!.position, first!.position]);
  });

  test('is drawn by cause, with every consumer and its status', async () => {
    await registerConsumer(database, 'billing', 'QUEUE', ['order.placed']);
    const [event] = await recordChain(database, 'one', [placed, paid]);
    await noteHandled(database, 'billing', event!);
    const { mermaid } = await flowOf('one');
    expect(mermaid.split('\n').map((line) => line.trim())).toEqual([
      'flowchart LR',
      'request([request])',
      'request --> e0["order.placed"]',
      'e0 -.-> e0c0("billing: DONE"):::DONE',
      'e0 --> e1["order.paid"]',
      ...['PENDING', 'DONE', 'FAILED', 'DEAD'].map((name) => expect.stringMatching(`^classDef ${name} `)),
    ]);
  });

  test('of two consumers that set each other off is drawn as a chain through both, to where it was stopped', async () => {
    await registerConsumer(database, 'billing', 'QUEUE', ['order.placed']);
    await registerConsumer(database, 'shipping', 'QUEUE', ['order.paid']);
    const chain = range(11);
    const rows = await recordChain(
      database,
      'one',
      chain.map((n) => (n % 2 === 0 ? placed : paid)),
      chain.map((n) => (n % 2 === 0 ? 'billing' : 'shipping')),
    );
    for (const [n, row] of rows.slice(0, -1).entries()) {
      await noteHandled(database, n % 2 === 0 ? 'billing' : 'shipping', row);
    }
    const letter = await deadLetter(database, 'billing', rows[10]!);
    await database.pool.query('UPDATE dead_letter SET attempts = 0, error = $2 WHERE id = $1', [
      letter,
      'STORM: "billing" [10 causes] | it is enough; see #7\n at the guard',
    ]);
    const lines = (await flowOf('one')).mermaid.split('\n').map((line) => line.trim());
    expect(lines.slice(2, 5)).toEqual([
      'request --> e0["order.placed"]',
      'e0 -.-> e0c0("billing: DONE"):::DONE',
      'e0c0 --> e1["order.paid"]',
    ]);
    expect(lines.slice(-6, -4)).toEqual([
      'e9c0 --> e10["order.placed"]',
      'e10 -.->|"STORM: #34;billing#34; #91;10 causes#93; #124; it is enough; see #35;7"| e10c0("billing: DEAD"):::DEAD',
    ]);
    for (const n of chain.slice(1))
      expect(lines).toContainEqual(expect.stringMatching(`^e${n - 1}c0 --> e${n}\\[`));
  });

  test('is drawn up to as many lines as are still drawn, and says how many events are left', async () => {
    for (const n of range(19)) await registerConsumer(database, `consumer-${n}`, 'QUEUE', ['order.*']);
    await recordChain(
      database,
      'one',
      range(27).map(() => placed),
    );
    const { steps, mermaid } = await flowOf('one');
    expect(steps).toHaveLength(27);
    expect(mermaid.match(/ (-->|-\.->)/g)).toHaveLength(500);
    expect(mermaid).toContain('more["and 2 more events"]');
  });
});

/** A worker of the consumer that fails, and tries again in a minute. */
async function failOnce(consumer: string) {
  const counted = { failures: 0 };
  const worker = await work(consumer, async () => {
    counted.failures += 1;
    throw new Error('The card was refused.');
  });
  return {
    get failures() {
      return counted.failures;
    },
    [Symbol.asyncDispose]: worker[Symbol.asyncDispose],
  };
}

async function work(queue: string, handle: (job: Job) => Promise<void>) {
  const connection = new Redis(desk.world.redis.url, { maxRetriesPerRequest: null });
  const settings = { backoffStrategy: () => 60_000 };
  const worker = new Worker(queue, handle, { connection, prefix: queuePrefix(logName), settings });
  return {
    async [Symbol.asyncDispose]() {
      await worker.close();
      connection.disconnect();
    },
  };
}
