import { expect, test } from 'vitest';
import { discard, redrive } from '../../../src/operations/dead-letter-actions.ts';
import { until } from '../../support/until.ts';
import { startCrew } from './crew.ts';
import { createStage, type Letter, range, type Stage, step } from './stage.ts';
import { patient } from './worker-process.ts';

// a larger run: ORDER_KEYS=1000 ORDER_STEPS=100 ORDER_KILLS=10
const size = (name: string, fallback: number) => Number(process.env[name] ?? fallback);
const keys = size('ORDER_KEYS', 60);
const steps = size('ORDER_STEPS', 12);
const kills = size('ORDER_KILLS', 3);
const timeoutMs = Math.max(2 * patient, keys * steps * 20);

test(
  'keys are handled in order, singly and in batches, while handlers fail at random and their workers are killed',
  async () => {
    await using stage = await createStage();
    const consumers = ['single', 'together'];
    await using crew = startCrew(2, () => stage.spawn('ordered', { only: consumers }));
    const walks = range(1, keys).map((key) => `walk-${key}`);
    const walking = (async () => {
      for (const n of range(1, steps)) await stage.record('walk', ...walks.map((key) => step(key, n)));
    })();
    for (const kill of range(1, kills)) {
      const due = Math.ceil((steps * kill) / (kills + 1));
      const worker = await until(
        async () => {
          const { walks: there, pid } = await reached(stage, due);
          return there >= keys && crew.members.find((member) => member.pid === pid);
        },
        { timeoutMs, message: `somebody is at work who can be killed, for the ${kill}. time` },
      );
      await worker.kill('SIGKILL');
    }
    await walking;
    await until(async () => (await reached(stage, steps)).walks === consumers.length * keys, {
      timeoutMs,
      message: 'every walk has come to its last step',
    });
    expect(await inversions(stage), 'steps whose writer did not see just the one before').toEqual([]);
    expect((await stage.pool.query('SELECT consumer, event, error FROM dead_letter')).rows).toEqual([]);
    const { rows } = await stage.pool.query(
      `SELECT consumer, count(DISTINCT (key, n))::int AS steps, count(*)::int AS effects
         FROM effect GROUP BY consumer ORDER BY consumer`,
    );
    const all = { steps: keys * steps, effects: keys * steps };
    expect(rows).toEqual(consumers.map((consumer) => ({ consumer, ...all })));
    expect(crew.restarts).toBe(kills);
  },
  timeoutMs,
);

test(
  'a dead letter parks its key only, also when the worker dies; what waits follows it in order, redriven or discarded',
  async () => {
    await using stage = await createStage();
    const { pool } = stage;
    await using crew = startCrew(1, () => stage.spawn('ordered', { only: ['parking'] }));
    await pool.query("INSERT INTO flaw VALUES ('a', 2), ('b', 3), ('b', 5)");
    const record = (...numbers: readonly number[]) =>
      stage.record('walk', ...numbers.flatMap((n) => ['a', 'b', 'c'].map((key) => step(key, n))));
    const letters = async () =>
      (await stage.letters('parking')).toSorted(
        (one, two) => one.key.localeCompare(two.key) || one.n - two.n,
      );
    const settled = (key: string, ...numbers: readonly number[]) =>
      until(async () => (await handled(stage, key)).length === numbers.length, {
        timeoutMs: patient,
        message: `${key} has come to steps ${numbers}`,
      }).then(async () => expect(await handled(stage, key)).toEqual(numbers));

    await record(1, 2, 3, 4);
    await settled('c', 1, 2, 3, 4);
    // who comes later waits too, whichever process handles it
    await crew.members[0]!.kill('SIGKILL');
    await record(5, 6);
    await settled('c', 1, 2, 3, 4, 5, 6);
    await until(async () => (await letters()).length === 9, {
      timeoutMs: patient,
      message: 'a and b are parked with all that follows',
    });
    const failed = (key: string, n: number) => ({
      key,
      n,
      waits: false,
      error: expect.stringMatching(/is flawed/),
    });
    const waiting = (key: string, n: number) => ({
      key,
      n,
      waits: true,
      error: expect.stringMatching(/^WAITS/),
      attempts: 0,
    });
    expect(await letters()).toMatchObject([
      failed('a', 2),
      ...[3, 4, 5, 6].map((n) => waiting('a', n)),
      failed('b', 3),
      ...[4, 5, 6].map((n) => waiting('b', n)),
    ]);
    await settled('a', 1);
    await settled('b', 1, 2);

    const find = async (key: string, n: number) =>
      (await letters()).find((letter) => letter.key === key && letter.n === n)!.id;
    await pool.query("DELETE FROM flaw WHERE key = 'a'");
    await redrive(pool, { ids: [await find('a', 2)] });
    await crew.members[0]!.kill('SIGKILL');
    await settled('a', 1, 2, 3, 4, 5, 6);
    expect((await letters()).map(({ key }) => key)).toEqual(['b', 'b', 'b', 'b']);

    // those that waited go on to the next one that fails, which parks the key again
    await discard(pool, { ids: [await find('b', 3)] });
    await settled('b', 1, 2, 4);
    let left: readonly Letter[] = [];
    await until(
      async () => {
        left = await letters();
        return left.length === 2 && left[0]!.attempts > 0;
      },
      { timeoutMs: patient, message: () => `b is parked again, at 5; what is left: ${JSON.stringify(left)}` },
    );
    expect(left).toMatchObject([failed('b', 5), waiting('b', 6)]);
    await pool.query('DELETE FROM flaw');
    await redrive(pool, { consumer: 'parking' });
    await settled('b', 1, 2, 4, 5, 6);
    expect(await letters()).toEqual([]);
  },
  15 * patient,
);

const handled = async (stage: Stage, walk: string) =>
  (await stage.effects('parking')).filter(({ key }) => key === walk).map(({ n }) => n);

/** How many walks have come to this step, for each consumer, and who handled the newest event. */
async function reached({ pool }: Stage, n: number) {
  const { rows } = await pool.query<{ walks: number; pid: number | null }>(
    `SELECT (SELECT count(*)::int FROM effect WHERE n = $1) AS walks,
            (SELECT pid FROM effect ORDER BY place DESC LIMIT 1) AS pid`,
    [n],
  );
  return rows[0]!;
}

async function inversions({ pool }: Stage): Promise<unknown[]> {
  const { rows } = await pool.query(
    'SELECT consumer, key, n, before FROM effect WHERE before <> n - 1 ORDER BY place LIMIT 10',
  );
  return rows;
}
