import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { until } from '../../support/until.ts';
import { longStrideTaken, pinged, strideTaken } from './events.ts';
import { createStage, range, type Stage, step } from './stage.ts';
import { patient, type WorkerProcess } from './worker-process.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
beforeEach(() => stage.closeGate());
afterAll(() => stage[Symbol.asyncDispose]());

test(
  'a worker that is told to stop finishes what it has in hand, and leaves the rest to the next one',
  async () => {
    const consumers = ['held', 'held-in-lanes'];
    const worker = stage.spawn('held', { only: consumers, env: connections });
    await stage.record('walk', ...walks.map((key) => step(key, 1)));
    await untilAtWork(worker, consumers);
    const exited = worker.kill('SIGTERM');
    await worker.waitForLog('worker.stopping');
    await stage.openGate();
    expect(await exited).toEqual({ code: 0, signal: null });
    for (const consumer of consumers) {
      const finished = (await stage.effects(consumer)).map(({ key }) => key);
      expect(finished.toSorted(), consumer).toEqual(begun(worker, consumer).toSorted());
      expect(finished.length).toBeLessThan(walks.length);
    }

    stage.spawn('held', { only: consumers });
    await expectAllHandledOnce(stage, consumers);
  },
  15 * patient,
);

test(
  'a handler that does not listen keeps no process from ending; its event is handled by the next worker',
  async () => {
    const consumers = ['deaf', 'deaf-in-lanes'];
    const place = { aggregateVersion: 1, occurredAt: new Date(), payload: { n: 1 } };
    await stage.record('walk', ...walks.map((key) => pinged.of({ aggregateId: key, ...place })));
    const worker = stage.spawn('held', { only: consumers, env: { ...connections, SHUTDOWN_MS: '500' } });
    await untilAtWork(worker, consumers);
    expect(await worker.kill('SIGTERM')).toEqual({ code: 1, signal: null });
    for (const consumer of consumers) expect(await stage.effects(consumer)).toEqual([]);

    await stage.openGate();
    stage.spawn('held', { only: consumers });
    await expectAllHandledOnce(stage, consumers);
  },
  15 * patient,
);

test(
  'old and new workers side by side: events that only the new one can read wait for it, in their order where there is one',
  async () => {
    const consumers = ['runner', 'runner-in-lanes'];
    const older = stage.spawn('older');
    const keys = walks.slice(0, 3);
    const isNew = (n: number) => n % 2 === 0;
    const next = (key: string, n: number) => {
      const place = { aggregateId: key, aggregateVersion: n, occurredAt: new Date() };
      return isNew(n)
        ? longStrideTaken.of({ ...place, payload: { n, metres: 2 } })
        : strideTaken.of({ ...place, payload: { n } });
    };
    await stage.record('run', ...range(1, 6).flatMap((n) => keys.map((key) => next(key, n))));
    // it does what it can
    await stage.untilEffects('runner', 3 * keys.length);
    await until(
      () =>
        consumers.every((consumer) =>
          older.logs.some((line) => line.msg === 'worker.waits' && line.consumer === consumer),
        ),
      { timeoutMs: patient, message: 'the old worker has met new events' },
    );
    const newer = stage.spawn('newer');
    for (const consumer of consumers) {
      await stage.untilEffects(consumer, 6 * keys.length);
      const effects = await stage.effects(consumer);
      expect(effects).toHaveLength(6 * keys.length);
      expect(new Set(effects.filter(({ n }) => isNew(n)).map(({ pid }) => pid))).toEqual(
        new Set([newer.pid]),
      );
      expect(await stage.letters(consumer)).toEqual([]);
    }
    for (const key of keys) {
      const walked = (await stage.effects('runner-in-lanes')).filter((effect) => effect.key === key);
      expect(walked.map(({ n }) => n)).toEqual(range(1, 6));
    }
    const { rows } = await stage.pool.query('SELECT DISTINCT attempts FROM inbox WHERE consumer = ANY($1)', [
      consumers,
    ]);
    expect(rows).toEqual([{ attempts: 1 }]);
    expect(older.hasExited).toBe(false);
  },
  15 * patient,
);

// one for each that is in hand: eight, and one of each lane
const connections = { DATABASE_CONNECTIONS: '30' };
const walks = range(1, 40).map((n) => `walk-${n}`);

/** The walks that the process has begun for the consumer. */
const begun = ({ logs }: WorkerProcess, consumer: string) =>
  logs
    .filter((line) => line.msg === 'held.begun' && line.consumer === consumer)
    .map(({ key }) => String(key));

async function untilAtWork(worker: WorkerProcess, consumers: readonly string[]): Promise<void> {
  await until(() => consumers.every((consumer) => begun(worker, consumer).length >= 3), {
    timeoutMs: patient,
    message: `${consumers} are at work`,
  });
}

async function expectAllHandledOnce(stage: Stage, consumers: readonly string[]): Promise<void> {
  for (const consumer of consumers) {
    await stage.untilEffects(consumer, walks.length);
    const handled = (await stage.effects(consumer)).map(({ key }) => key);
    expect(handled.toSorted(), consumer).toEqual(walks.toSorted());
    expect(await stage.letters(consumer)).toEqual([]);
  }
}
