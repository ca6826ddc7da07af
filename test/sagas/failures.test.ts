import { expect, test } from 'vitest';
import { runCommand } from '../support/run-command.ts';
import { until } from '../support/until.ts';
import { patient } from '../workers/processes/worker-process.ts';
import { openShop } from './shop.ts';

test(
  'a step that fails again and again is told of with its stack, its event and its correlation id: in the log, and by npm run sagas',
  async () => {
    await using shop = await openShop();
    const id = 'late-order';
    await shop.prepare(id, 'charge', 'fails');
    await shop.place(id);
    const worker = shop.spawnWorker();
    const line = await worker.waitForLog('worker.failed');
    const stack = expect.stringMatching(/charge does not work today\n +at .*order-reactions\.ts/);
    expect(line).toMatchObject({
      ...{ consumer: 'order-saga', type: 'order_saga.step_due', correlationId: id, stack },
      error: 'charge does not work today',
    });
    const show = async () =>
      JSON.parse((await runCommand('commands/sagas.ts', ['show', id], shop.world.env)).stdout);
    const saga = await until(
      async () => {
        const shown = await show();
        return shown.attempt?.error && shown;
      },
      { timeoutMs: patient, message: 'the command shows what the step failed with' },
    );
    expect(saga).toMatchObject({
      ...{ step: 'charge', correlationId: id },
      attempt: { eventId: line.eventId, type: line.type, correlationId: id, error: stack },
    });
  },
  2 * patient,
);
