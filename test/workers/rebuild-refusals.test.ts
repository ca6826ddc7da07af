import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ProcessorReaction,
  processor,
  queueReaction,
  type Reaction,
} from '../../src/workers/reaction.ts';
import { abandonRebuild } from '../../src/workers/rebuild/list.ts';
import { runCommand } from '../support/run-command.ts';
import {
  leftovers,
  type RunningRebuild,
  readSlowly,
  rebuild,
  startRebuild,
  untilCaughtUp,
} from './rebuild-support.ts';
import { createWorkerWorld, poked, range, type WorkerWorld } from './support.ts';

let world: WorkerWorld;
beforeAll(async () => {
  world = await createWorkerWorld();
  await world.poke(...range(3));
});
afterAll(() => world[Symbol.asyncDispose]());

/** A processor with a table of its own, both of that name, which has handled everything and stands still. */
async function standing(name: string): Promise<ProcessorReaction> {
  await world.pool.query(`CREATE TABLE ${name} (n int PRIMARY KEY)`);
  const reaction = processor({
    name,
    events: [poked],
    tables: [name],
    async handle(tx, events) {
      const numbers = events.map(({ payload }) => payload.n);
      await tx.$executeRawUnsafe(`INSERT INTO ${name} SELECT unnest($1::int[])`, numbers);
    },
  });
  const runner = await world.run(reaction);
  await untilCaughtUp(world, name);
  await runner.stop();
  return reaction;
}
const contents = async (name: string) =>
  (await world.pool.query(`SELECT n FROM ${name} ORDER BY n`)).rowCount;

describe('a rebuild is refused, and changes nothing,', () => {
  const nothing = async () => {};
  test.each<[string, Reaction, string]>([
    [
      'for a queue consumer',
      queueReaction({ name: 'mails', events: [poked], handle: nothing }),
      '"mails" is a queue consumer: it has an effect for each event, and no projection',
    ],
    [
      'without tables',
      processor({ name: 'shy', events: [poked], handle: nothing }),
      '"shy" does not say which tables only it writes',
    ],
    [
      'of what has never run',
      processor({ name: 'fresh', events: [poked], tables: ['effect'], handle: nothing }),
      '"fresh" has never run',
    ],
  ])('%s', async (_, reaction, reason) => {
    await expect(rebuild(world, reaction)).rejects.toThrow(reason);
    expect(await leftovers(world)).toEqual([]);
  });

  test.each<[string, string, Partial<ProcessorReaction>, string, string]>([
    ['of a table that is not there', 'lost', { tables: ['nowhere'] }, '', 'there is no table "nowhere"'],
    [
      'of a table that a view reads',
      'viewed',
      {},
      'CREATE VIEW viewing AS SELECT * FROM viewed',
      'table "viewed" has what a copy cannot have: dependent: rule _RETURN on view viewing',
    ],
    [
      'of a table with a trigger',
      'watched',
      {},
      'CREATE TRIGGER tell AFTER INSERT ON watched EXECUTE FUNCTION outbox_announce_writer()',
      'table "watched" has what a copy cannot have: trigger CREATE TRIGGER tell',
    ],
    [
      'of a table that another refers to',
      'parent',
      {},
      'CREATE TABLE child (n int REFERENCES parent)',
      'table "parent" has what a copy cannot have: dependent: constraint child_n_fkey on table child',
    ],
    [
      'by code that its workers do not run yet',
      'older',
      {},
      "UPDATE consumer SET types = '{test.poked,test.gone}' WHERE name = 'older'",
      '"older" is registered for test.gone, test.poked and this code handles test.poked',
    ],
    [
      'with other slots than it has',
      'shared',
      {},
      "INSERT INTO processor_checkpoint (processor, slot, position) VALUES ('shared', 1, 0)",
      '"shared" runs with 2 slots and is declared with 1',
    ],
  ])('%s', async (_, name, change, sql, reason) => {
    const reaction = { ...(await standing(name)), ...change };
    await world.pool.query(sql);
    await expect(rebuild(world, reaction)).rejects.toThrow(reason);
    expect(await leftovers(world)).toEqual([]);
    expect(await contents(name)).toBe(3);
  });

  test('when retention has dropped what it was built from, and says what is missing', async () => {
    const reaction = await standing('ancient');
    await world.pool.query('UPDATE log SET floor = 2');
    try {
      await expect(rebuild(world, reaction)).rejects.toThrow(
        'retention has dropped those up to 2: the oldest position that is held is 3, and 1 to 2 are missing',
      );
    } finally {
      await world.pool.query('UPDATE log SET floor = 0');
    }
    expect(await leftovers(world)).toEqual([]);
  });

  test('while another one of the same processor runs', async () => {
    const reaction = await standing('twice');
    let first: RunningRebuild;
    {
      await using _reader = await readSlowly(world, 'twice');
      first = startRebuild(world, reaction);
      await first.untilWaiting();
      await expect(rebuild(world, reaction)).rejects.toThrow('another rebuild of "twice" is running');
      await expect(abandonRebuild(world.url, 'test', 'twice')).rejects.toThrow('is running');
    }
    await first.finished;
    expect(await contents('twice')).toBe(3);
  });
});

test('a handler that writes to what is not its own is stopped before it does so twice', async () => {
  const reaction = await standing('greedy');
  const two = {
    ...reaction,
    async handle(...given: Parameters<ProcessorReaction['handle']>) {
      await given[0].$executeRaw`INSERT INTO effect (n) VALUES (7)`;
      await reaction.handle(...given);
    },
  };
  await expect(rebuild(world, two)).rejects.toThrow(
    'writes to public.effect, which is not among its "tables"',
  );
  expect(await world.effects()).toEqual([]);
  await abandonRebuild(world.url, 'test', 'greedy');
  expect(await leftovers(world)).toEqual([]);
});

test('retention waits for a rebuild that was ended; it is not gone on with once its table is another, but begun again', async () => {
  const reaction = await standing('moving');
  {
    await using _reader = await readSlowly(world, 'moving');
    const ended = new AbortController();
    const running = startRebuild(world, reaction, { signal: ended.signal });
    await running.untilWaiting();
    ended.abort(new Error('enough'));
    await expect(running.finished).rejects.toThrow('enough');
  }
  const { rows } = await world.pool.query(
    "SELECT position FROM consumer_reach WHERE name = 'rebuild:moving'",
  );
  expect(rows).toEqual([{ position: 3 }]);
  await world.pool.query('ALTER TABLE moving ADD COLUMN seen boolean NOT NULL DEFAULT true');
  await expect(rebuild(world, reaction)).rejects.toThrow(
    'has changed since the rebuild began; begin again with --restart',
  );
  await rebuild(world, reaction, { restart: true });
  expect((await world.pool.query('SELECT FROM moving WHERE seen')).rowCount).toBe(3);
  expect(await leftovers(world)).toEqual([]);
});

describe('npm run rebuild', () => {
  const run = (...args: readonly string[]) =>
    runCommand('commands/rebuild.ts', args, {
      DATABASE_URL: world.url,
      REDIS_URL: world.server.url,
      LOG_NAME: 'aorta',
    });

  test('lists what can be rebuilt, and why something cannot', async () => {
    const { code, stdout } = await run('--list', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toContainEqual({
      processor: 'rankings',
      tables: ['ranking'],
      state: expect.stringContaining('"rankings" has never run'),
    });
  });

  test.each([
    [['nobody'], 2, 'there is no consumer "nobody". Known are: '],
    [[], 2, 'name one processor'],
    [['badges'], 1, '"badges" is a queue consumer'],
  ])('%j ends with code %i and says why', async (args, code, reason) => {
    expect(await run(...args)).toMatchObject({ code, stderr: expect.stringContaining(reason) });
  });
});
