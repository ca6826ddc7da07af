import { expect, test } from 'vitest';
import { redrive } from '../../../src/operations/dead-letter-actions.ts';
import { until } from '../../support/until.ts';
import { createStage, range, step } from './stage.ts';
import { patient } from './worker-process.ts';

test(
  'one event in a hundred that always fails holds up nobody; after the fix each is handled once',
  async () => {
    await using stage = await createStage();
    const { pool } = stage;
    const numbers = range(1, 300);
    const flawed = [100, 200, 300];
    await pool.query("INSERT INTO flaw SELECT 'a', unnest($1::int[])", [flawed]);
    stage.spawn('flawed');
    await stage.record('walk', ...numbers.map((n) => step('a', n)));
    await stage.untilEffects('picky', numbers.length - flawed.length);
    const letters = () => stage.letters('picky');
    await until(async () => (await letters()).length === flawed.length, {
      timeoutMs: patient,
      message: 'the flawed are given up',
    });
    expect(await letters()).toMatchObject(
      flawed.map((n) => ({ n, attempts: 3, error: expect.stringContaining(`step ${n} of a is flawed`) })),
    );
    const handled = async () =>
      (await stage.effects('picky')).map(({ n }) => n).toSorted((one, two) => one - two);
    expect(await handled()).toEqual(numbers.filter((n) => !flawed.includes(n)));

    await pool.query('DELETE FROM flaw');
    await redrive(pool, { consumer: 'picky' });
    await until(async () => (await letters()).length === 0, {
      timeoutMs: patient,
      message: 'nothing is left of them',
    });
    expect(await handled()).toEqual(numbers);
  },
  15 * patient,
);
