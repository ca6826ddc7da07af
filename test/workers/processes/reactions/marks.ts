/** What the handlers of these tests do: they write what they have handled, and read what a test says. */
import type { EventOf } from '../../../../src/events/define-event.ts';
import type { Tx } from '../../../../src/outbox/transaction.ts';
import type { stepTaken } from '../events.ts';

type Step = Pick<EventOf<typeof stepTaken>, 'aggregateId' | 'payload'>;

/** Writes that the step was handled, with the newest one of its walk that was there before. */
export async function mark(tx: Tx, consumer: string, { aggregateId: key, payload: { n } }: Step) {
  await tx.$executeRaw`
    INSERT INTO effect (consumer, key, n, before, pid)
    SELECT ${consumer}, ${key}, ${n}::int, coalesce(max(n), 0), ${process.pid}::int
      FROM effect WHERE consumer = ${consumer} AND key = ${key}`;
}

/** Throws for a step that a test has declared flawed. */
export async function refuseFlawed(tx: Tx, { aggregateId: key, payload: { n } }: Step) {
  const flaws = await tx.$queryRaw<unknown[]>`SELECT n FROM flaw WHERE key = ${key} AND n = ${n}::int`;
  if (flaws.length > 0) throw new Error(`step ${n} of ${key} is flawed`);
}

/** Whether the test lets handlers go on. */
export async function isGateOpen(tx: Tx): Promise<boolean> {
  return (await tx.$queryRaw<unknown[]>`SELECT opened FROM gate`).length > 0;
}
