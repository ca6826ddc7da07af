import { expect, test } from 'vitest';
import { until } from '../../support/until.ts';
import { startCrew } from './crew.ts';
import { createStage, range, step } from './stage.ts';
import { patient, type WorkerProcess } from './worker-process.ts';

test(
  'a job whose worker is killed twenty times in a row has its effect once, and has used up no attempt',
  async () => {
    await using stage = await createStage();
    // others stand by, so that a worker need not be waited for after each kill
    await using crew = startCrew(3, () => stage.spawn('held', { only: ['held'] }));
    await stage.record('walk', step('a', 1));
    const holder = () =>
      until(() => crew.members.find(hasBegun), {
        timeoutMs: patient,
        message: 'the job is begun again',
      });
    for (const _ of range(1, 20)) await (await holder()).kill('SIGKILL');
    const last = await holder();
    await stage.openGate();
    await stage.untilEffects('held', 1);

    const effects = await stage.effects('held');
    expect(effects).toEqual([{ key: 'a', n: 1, pid: last.pid }]);
    expect(await stage.letters('held')).toEqual([]);
    const { rows } = await stage.pool.query("SELECT attempts, handled FROM inbox WHERE consumer = 'held'");
    expect(rows).toEqual([{ attempts: 1, handled: true }]);
  },
  15 * patient,
);

const hasBegun = ({ logs }: WorkerProcess) => logs.some(({ msg }) => msg === 'held.begun');

const consumers = ['crashing', 'crashing-in-lanes', 'crashing-together'];

test(
  'an event that crashes every worker ends as a dead letter; all others in hand with it are handled',
  async () => {
    await using stage = await createStage();
    await using _crew = startCrew(2, () => stage.spawn('crashing'));
    const numbers = range(1, 12);
    await stage.record('walk', ...numbers.map((n) => step(`walk-${n}`, n)));
    const others = numbers.filter((n) => n !== 5);
    for (const consumer of consumers) {
      await stage.untilEffects(consumer, others.length);
      await until(async () => (await stage.letters(consumer)).length > 0, {
        timeoutMs: patient,
        message: `${consumer} gives its event up`,
      });
    }
    for (const consumer of consumers) {
      const handled = (await stage.effects(consumer)).map(({ n }) => n);
      expect(
        handled.toSorted((a, b) => a - b),
        consumer,
      ).toEqual(others);
      expect(await stage.letters(consumer), consumer).toMatchObject([
        { n: 5, error: expect.stringMatching(/^CRASHES: .* 3 times/) },
      ]);
    }
  },
  15 * patient,
);
