/**
 * A saga: a process of several transactions that comes to its end in one of two ways. Either every step is done, or
 * those that were done are undone again, the last one first. Each step is one transaction with the note of how far the
 * saga has come, so that it is done once, whatever dies in between.
 * After H. Garcia-Molina and K. Salem, "Sagas", 1987.
 */
import { type ZodType, z } from 'zod';
import { defineEvent, type EventDefinition } from '../events/define-event.ts';
import type { Tx } from '../outbox/transaction.ts';

export interface SagaStep<Data> {
  /** For ever, as long as sagas are under way that have not come to it or could undo it: they keep it */
  readonly name: string;
  /**
   * Does the step, in the transaction that notes that it is done, and gives the data that later steps have. Throws a
   * DomainError that is not retryable to refuse: the steps before are undone. After any other error it is tried again.
   */
  do(tx: Tx, context: SagaContext<Data>): Promise<Data>;
  /**
   * Undoes it. Needed for all but the last step, unless there is nothing to undo. Throws a DomainError that is not
   * retryable to refuse: the saga has failed. After any other error it is tried again, however long.
   */
  undo?(tx: Tx, context: SagaContext<Data>): Promise<void>;
  /**
   * From when the step before is done, ms. It is not begun after that: the steps before are undone, also when it came so
   * late because no worker ran. Without it the step is tried until it is done or refuses. The first step has none.
   */
  readonly timeoutMs?: number;
}

export interface SagaContext<Data> {
  readonly id: string;
  readonly data: Data;
  readonly now: Date;
  /** Aborts when the time of the transaction is over; never in the first step */
  readonly signal: AbortSignal;
}

export interface SagaDeclaration<Data> {
  /** For ever: its states are kept under it. Lower case letters and _ */
  readonly name: string;
  /** What it carries from step to step; must survive JSON. What is stored is read by it before each step */
  readonly data: ZodType<Data>;
  /** The first is done by whoever starts the saga */
  readonly steps: readonly [SagaStep<Data>, ...SagaStep<Data>[]];
  /** In the transaction of the last step */
  completed?(tx: Tx, context: SagaContext<Data>): Promise<void>;
  /** In the transaction that undoes the first step */
  compensated?(tx: Tx, context: SagaContext<Data>, reason: string): Promise<void>;
  /** In the transaction that notes that an undo was refused: a person has to look */
  failed?(tx: Tx, context: SagaContext<Data>, reason: string): Promise<void>;
}

export interface Saga<Data = unknown> extends SagaDeclaration<Data> {
  /** Recorded for each step that is due; its module has it among its events */
  readonly stepDue: EventDefinition<StepDue>;
}

/** What drives a saga: that a step is to be done, or to be undone. */
export type StepDue = z.output<typeof stepDueSchema>;

const stepDueSchema = z.object({ id: z.string(), step: z.string(), direction: z.enum(['do', 'undo']) });

/** Declares a saga. Throws for a name that is none, when two steps share a name, and for a time limit of the first. */
export function defineSaga<Data>(declaration: SagaDeclaration<Data>): Saga<Data> {
  const { name, steps } = declaration;
  if (!/^[a-z][a-z_]*$/.test(name))
    throw new Error(`saga "${name}" must be named in lower case letters and _`);
  const names = steps.map((step) => step.name);
  const twice = names.find((each, index) => names.indexOf(each) !== index);
  if (twice !== undefined) throw new Error(`saga "${name}" has two steps "${twice}"`);
  if (steps[0].timeoutMs !== undefined)
    throw new Error(`the first step of saga "${name}" is done by whoever starts it, and has no timeoutMs`);
  const stepDue = defineEvent(`${name}_saga.step_due`, stepDueSchema, {
    topic: 'saga',
    aggregateType: `${name}-saga`,
  });
  return { ...declaration, stepDue };
}
