/** A saga whose every step writes down that it was taken, and meets the trouble that a test has prepared for it. */
import type { Tx } from '../../src/outbox/transaction.ts';
import type { Saga, SagaContext, SagaStep } from '../../src/sagas/saga.ts';

export const watchTables = `
  CREATE TABLE taken (place bigserial, order_id text NOT NULL, what text NOT NULL, pid int NOT NULL);
  CREATE TABLE trouble (order_id text NOT NULL, what text NOT NULL, kind text NOT NULL,
                        met boolean NOT NULL DEFAULT false)`;

/** `begun`: nothing is written yet; `written`: everything is, and not committed */
export type Moment = 'begun' | 'written';

/** What befalls a step that is named with it. A process that crashes ends as by kill -9. */
export type Trouble = 'fails' | 'crashes' | 'crashes once committed' | `waits when ${Moment}`;

/** Called in every step, and in every undoing, which is called `undo <step>`. */
export type Meet = (id: string, what: string, moment: Moment) => Promise<void>;

export function watch<Data>(saga: Saga<Data>, meet: Meet = async () => {}): Saga<Data> {
  const take = async <Result>(
    tx: Tx,
    { id }: SagaContext<Data>,
    what: string,
    work: () => Promise<Result>,
  ) => {
    await meet(id, what, 'begun');
    const result = await work();
    await note(tx, id, what);
    await meet(id, what, 'written');
    return result;
  };
  const steps = saga.steps.map(
    (step): SagaStep<Data> => ({
      ...step,
      do: (tx, context) => take(tx, context, step.name, () => step.do(tx, context)),
      undo: (tx, context) => take(tx, context, `undo ${step.name}`, async () => step.undo?.(tx, context)),
    }),
  );
  return {
    ...saga,
    steps: steps as unknown as Saga<Data>['steps'],
    async completed(tx, context) {
      await note(tx, context.id, 'completed');
      await saga.completed?.(tx, context);
    },
    async compensated(tx, context, reason) {
      await note(tx, context.id, 'compensated');
      await saga.compensated?.(tx, context, reason);
    },
    async failed(tx, context, reason) {
      await note(tx, context.id, 'failed');
      await saga.failed?.(tx, context, reason);
    },
  };
}

const note = (tx: Tx, id: string, what: string) =>
  tx.$executeRaw`INSERT INTO taken (order_id, what, pid) VALUES (${id}, ${what}, ${process.pid}::int)`;
