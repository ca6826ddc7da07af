import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../support/run-command.ts';
import { until } from '../support/until.ts';
import { startCommand } from './running-command.ts';
import {
  type Desk,
  deadLetter,
  deadLetterInOrder,
  logName,
  noteHandled,
  openDesk,
  ordered,
  placed,
  recordChain,
  registerConsumer,
  setCheckpoints,
  setEnqueued,
  unordered,
} from './support.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk[Symbol.asyncDispose]());
beforeEach(async () => {
  await desk.world.database.pool.query('TRUNCATE outbox, consumer, processor_checkpoint, inbox, dead_letter');
});

const run = (command: 'dead-letters' | 'consumers', ...args: readonly string[]) =>
  runCommand(`commands/${command}.ts`, args, { ...desk.world.env, LOG_NAME: logName });

describe('npm run dead-letters', () => {
  /** Two dead letters of billing, and one of shipping. */
  async function buryThree() {
    const { database } = desk.world;
    const rows = await recordChain(database, 'request', [placed, placed]);
    await registerConsumer(database, 'billing', 'QUEUE', ['order.placed']);
    await registerConsumer(database, 'shipping', 'QUEUE', ['order.placed']);
    return [
      await deadLetter(database, 'billing', rows[0]!),
      await deadLetter(database, 'billing', rows[1]!),
      await deadLetter(database, 'shipping', rows[0]!),
    ] as const;
  }
  const read = async (query: string) => (await desk.world.database.pool.query(query)).rows;

  test('lists them, all or those of one consumer, and shows one whole', async () => {
    const [first, second, third] = await buryThree();
    const all = JSON.parse((await run('dead-letters', 'list', '--json')).stdout);
    expect(all.map(({ id }: { id: string }) => id).sort()).toEqual([first, second, third].sort());
    const one = await run('dead-letters', 'list', '--consumer', 'shipping');
    expect(one.stdout).toMatch(
      /^id +consumer +status +waitsFor +type +aggregateId +attempts +failedAt +error\n\S+ +shipping +FAILED +- +order\.placed +request +5 +\S+ +It broke\.\n$/,
    );
    const shown = JSON.parse((await run('dead-letters', 'show', first)).stdout);
    expect(shown).toMatchObject({
      id: first,
      consumer: 'billing',
      event: { type: 'order.placed' },
      attempts: 5,
    });
  });

  test('redrives and discards by id, or all of a consumer', async () => {
    const [first, second, third] = await buryThree();
    expect(await run('dead-letters', 'redrive', first)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('1 '),
    });
    expect(await read('SELECT id FROM dead_letter WHERE redrive_requested_at IS NOT NULL')).toEqual([
      { id: first },
    ]);
    expect(await run('dead-letters', 'redrive', '--consumer', 'billing')).toMatchObject({ code: 0 });
    expect(await read('SELECT FROM dead_letter WHERE redrive_requested_at IS NOT NULL')).toHaveLength(2);
    expect(await run('dead-letters', 'discard', second)).toMatchObject({ code: 0 });
    expect(await run('dead-letters', 'discard', '--consumer', 'billing')).toMatchObject({ code: 0 });
    expect(await read('SELECT id FROM dead_letter')).toEqual([{ id: third }]);
  });

  test('shows which wait for which, and sends those in front along', async () => {
    const { database } = desk.world;
    await registerConsumer(database, 'billing', 'QUEUE', ['order.placed'], ordered('billing'));
    const rows = await recordChain(database, 'request', [placed, placed]);
    const [failed, waiting] = await deadLetterInOrder(database, 'billing', rows);
    const list = await run('dead-letters', 'list');
    expect(list.stdout).toMatch(
      new RegExp(`${waiting} +billing +WAITING +${failed} .* 0 .*WAITS: dead letter`),
    );
    expect(await run('dead-letters', 'redrive', waiting!)).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(new RegExp(`^1 are on their way .*\n${failed} goes first`)),
    });
    expect(await run('dead-letters', 'discard', failed!)).toMatchObject({ code: 0 });
    expect(await read('SELECT id FROM dead_letter WHERE redrive_requested_at IS NOT NULL')).toEqual([
      { id: waiting },
    ]);
  });

  test.each([
    [['redrive'], 2, 'name the ids of dead letters, or --consumer'],
    [['show'], 2, 'name the id of one dead letter'],
    [['show', 'x'], 1, '"x" is no id of a dead letter'],
    [['show', '018f2f2e-7d3c-7000-8000-000000000000'], 1, 'there is no dead letter'],
    [['discard', '--consumer', 'nobody'], 1, 'nobody'],
  ])('%j ends with code %i and says why', async (args, code, reason) => {
    expect(await run('dead-letters', ...args)).toMatchObject({
      code,
      stderr: expect.stringContaining(reason),
    });
  });
});

describe('npm run consumers', () => {
  test('lists how far each is and what it holds back, and lets one stand still', async () => {
    const { database } = desk.world;
    const rows = await recordChain(database, 'request', [placed, placed, placed]);
    const position = rows.at(-1)!.position;
    await registerConsumer(database, 'billing', 'QUEUE', ['order.placed'], ordered('billing'));
    await setEnqueued(database, 'billing', position);
    await registerConsumer(database, 'totals', 'PROCESSOR', ['order.placed']);
    await setCheckpoints(database, 'totals', [position - 2, position]);
    expect((await run('consumers', 'pause', 'billing')).code).toBe(0);
    const list = JSON.parse((await run('consumers', 'list', '--json')).stdout);
    expect(list).toMatchObject([
      {
        ...{ consumer: 'billing', kind: 'QUEUE', paused: true, draining: false, position, pinned: 0 },
        ...{ lag: 0, active: 0, delayed: 0, dead: 0, waiting: 0, lanes: 4, orderedBy: 'aggregate' },
      },
      { consumer: 'totals', kind: 'PROCESSOR', paused: false, lag: 2, position: position - 2, pinned: 2 },
    ]);
    expect((await run('consumers', 'resume', 'billing')).code).toBe(0);
    expect(
      (await desk.world.database.pool.query("SELECT paused FROM consumer WHERE name = 'billing'")).rows,
    ).toEqual([{ paused: false }]);
  });

  /** Asks for billing to be drained, and waits until it drains. */
  async function beginDrain() {
    const { database, env } = desk.world;
    await registerConsumer(database, 'billing', 'QUEUE', ['order.placed']);
    const [row] = await recordChain(database, 'before', [placed]);
    const command = startCommand('commands/consumers.ts', ['drain', 'billing'], {
      ...env,
      LOG_NAME: logName,
    });
    await until(() => command.stderr.includes('billing: 1 to be handled'), { message: 'progress is told' });
    await recordChain(database, 'after', [placed]);
    return { command, row: row! };
  }
  const isDraining = async () =>
    (await desk.operations.pipeline()).consumers.find(({ consumer }) => consumer === 'billing')?.draining;

  test('drains one, and ends when what was committed is handled', async () => {
    const { command, row } = await beginDrain();
    await setEnqueued(desk.world.database, 'billing', row.position);
    await noteHandled(desk.world.database, 'billing', row);
    expect(await command.ended).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('billing has handled all that was committed, and takes nothing more'),
    });
    expect(await isDraining()).toBe(true);
  });

  test('leaves one draining when it is interrupted, and says so', async () => {
    const { command } = await beginDrain();
    command.interrupt();
    expect(await command.ended).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('billing goes on draining'),
    });
    expect(await isDraining()).toBe(true);
  });

  test('ends with code 1 when it is resumed meanwhile', async () => {
    const { command } = await beginDrain();
    await desk.operations.changeConsumer('billing', 'resume');
    expect(await command.ended).toMatchObject({ code: 1, stderr: expect.stringContaining('was resumed') });
  });

  test('lets one go with its jobs, and keeps its dead letters', async () => {
    const { database } = desk.world;
    const rows = await recordChain(database, 'request', [placed, placed]);
    await registerConsumer(database, 'billing', 'QUEUE', ['order.placed']);
    await desk.jobs.add(unordered('billing'), rows);
    await deadLetter(database, 'billing', rows[0]!);
    const gone = await run('consumers', 'deregister', 'billing');
    expect(gone, gone.stderr).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('1 dead letters are kept'),
    });
    expect(JSON.parse((await run('consumers', 'list', '--json')).stdout)).toEqual([]);
    await registerConsumer(database, 'billing', 'QUEUE', ['order.placed']);
    expect((await desk.operations.pipeline()).consumers).toMatchObject([
      { consumer: 'billing', active: 0, lag: 2 },
    ]);
  });

  test.each([
    [['deregister'], 2, 'name one consumer'],
    [['deregister', 'nobody'], 1, 'nobody'],
    [['pause', 'nobody'], 1, 'nobody'],
  ])('%j ends with code %i and says why', async (args, code, reason) => {
    expect(await run('consumers', ...args)).toMatchObject({ code, stderr: expect.stringContaining(reason) });
  });
});
