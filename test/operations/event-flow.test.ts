import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { queuePrefix } from '../../src/log/keys.ts';
import type { Database } from '../../src/platform/postgres.ts';
import { until } from '../support/until.ts';
import {
  bury,
  type Desk,
  logName,
  noteHandled,
  openDesk,
  paid,
  placed,
  recordChain,
  registerConsumer,
  setCheckpoints,
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

const flowOf = async (correlationId: string) => {
  const flow = await desk.operations.eventFlow(correlationId);
  if (!flow) throw new Error(`there is no flow ${correlationId}`);
  return flow;
};

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

  test('tells of a queue consumer whether it has handled, buried or not yet met the event', async () => {
    for (const name of ['buried', 'handled', 'redriven', 'waiting']) {
      await registerConsumer(database, name, 'QUEUE', ['order.placed']);
    }
    const [event] = await recordChain(database, 'one', [placed]);
    await noteHandled(database, 'handled', event!);
    await bury(database, 'buried', event!);
    const redriven = await bury(database, 'redriven', event!);
    await desk.operations.redrive({ ids: [redriven] });
    const { steps } = await flowOf('one');
    expect(steps[0]!.reactions).toEqual([
      { consumer: 'buried', status: 'DEAD', attempts: 5, finishedAt: expect.any(Date), error: 'It broke.' },
      { consumer: 'handled', status: 'DONE', attempts: 1, finishedAt: expect.any(Date), error: null },
      { consumer: 'redriven', status: 'PENDING', attempts: 5, finishedAt: null, error: 'It broke.' },
      { consumer: 'waiting', status: 'PENDING', attempts: 0, finishedAt: null, error: null },
    ]);
  });

  test('tells of an attempt that failed and will be made again, and with what', async () => {
    await registerConsumer(database, 'billing', 'QUEUE', ['order.placed']);
    const [event] = await recordChain(database, 'one', [placed]);
    await desk.jobs.add('billing', [event!]);
    await using failing = await failOnce('billing');
    const [reaction] = await until(
      async () => {
        const { reactions } = (await flowOf('one')).steps[0]!;
        return reactions[0]!.attempts > 0 && reactions;
      },
      { message: 'the failed attempt is told' },
    );
    expect(failing.failures).toBe(1);
    expect(reaction).toEqual({
      consumer: 'billing',
      status: 'FAILED',
      attempts: 1,
      finishedAt: null,
      error: 'The card was refused.',
    });
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
    await bury(database, 'audit', event!);
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
});

/** A worker of the consumer that fails, and tries again in a minute. */
async function failOnce(consumer: string) {
  const connection = new Redis(desk.world.redis.url, { maxRetriesPerRequest: null });
  const counted = { failures: 0 };
  const worker = new Worker(
    consumer,
    async () => {
      counted.failures += 1;
      throw new Error('The card was refused.');
    },
    { connection, prefix: queuePrefix(logName), settings: { backoffStrategy: () => 60_000 } },
  );
  return {
    get failures() {
      return counted.failures;
    },
    async [Symbol.asyncDispose]() {
      await worker.close();
      connection.disconnect();
    },
  };
}
