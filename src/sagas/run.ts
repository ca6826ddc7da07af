/** Begins a saga, and takes it a step further. */
import { attempt, record, type Tx } from '../outbox/transaction.ts';
import { DomainError, messageOf } from '../platform/errors.ts';
import type { Saga, SagaContext, SagaStep } from './saga.ts';
import { lockState, type SagaState, writeState } from './state.ts';

export interface NewSaga<Data> {
  readonly id: string;
  readonly data: Data;
  readonly now: Date;
}

/**
 * Does the first step in this transaction, and leaves the others to the workers. Throws what the step throws, and when
 * there is a saga of this id: the transaction must not be committed then.
 */
export async function startSaga<Data>(
  tx: Tx,
  saga: Saga<Data>,
  { id, data, now }: NewSaga<Data>,
): Promise<void> {
  const { signal } = new AbortController(); // the transaction is the caller's, and so is its time
  const [first] = saga.steps;
  const changed = await first.do(tx, { id, data, now, signal });
  const begun = { id, status: 'RUNNING', step: first.name, done: [], version: 0 } as const;
  await goOn(tx, saga, { ...begun, data, reason: null, deadline: null }, { id, data: changed, now, signal });
}

/** A step that is due, as an event told. */
export interface DueStep {
  readonly id: string;
  /** Of the state that it is due in */
  readonly version: number;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/** The step that is due is not one of this code's: other code, mostly newer, has to do it. */
export class UnknownStepError extends Error {
  override readonly name = 'UnknownStepError';
}

/**
 * Does or undoes the step that is due; does nothing when that has been done. Throws UnknownStepError, and what is to be
 * tried again.
 */
export async function takeStep<Data>(tx: Tx, saga: Saga<Data>, due: DueStep): Promise<void> {
  const { id, version, now, signal } = due;
  const state = await lockState(tx, saga.name, id);
  if (!state || state.version !== version) return;
  const step = saga.steps.find(({ name }) => name === state.step);
  if (!step) throw new UnknownStepError(`this code knows no step "${state.step}" of ${saga.name} "${id}"`);
  const context = { id, data: read(saga, id, state.data), now, signal };
  if (state.status === 'RUNNING') await doStep(tx, saga, state, step, context);
  else if (state.status === 'COMPENSATING') await undoStep(tx, saga, state, step, context);
}

async function doStep<Data>(
  tx: Tx,
  saga: Saga<Data>,
  state: SagaState,
  step: SagaStep<Data>,
  context: SagaContext<Data>,
): Promise<void> {
  const isLate = state.deadline !== null && state.deadline <= context.now;
  const outcome = isLate
    ? { refusal: `${step.name} was not done in time` }
    : await unlessRefused(tx, () => step.do(tx, context));
  if ('result' in outcome) return goOn(tx, saga, state, { ...context, data: outcome.result });
  await goBack(tx, saga, { ...state, status: 'COMPENSATING', reason: outcome.refusal }, context);
}

async function undoStep<Data>(
  tx: Tx,
  saga: Saga<Data>,
  state: SagaState,
  step: SagaStep<Data>,
  context: SagaContext<Data>,
): Promise<void> {
  const outcome = await unlessRefused(tx, async () => step.undo?.(tx, context));
  if ('result' in outcome) return goBack(tx, saga, { ...state, done: state.done.slice(0, -1) }, context);
  const reason = `${state.reason}; ${step.name} could not be undone: ${outcome.refusal}`;
  await turnTo(tx, saga, { ...state, status: 'FAILED', reason }, context.now);
  await saga.failed?.(tx, context, reason);
}

/** The step is done: to the one after it, or to the end. */
async function goOn<Data>(
  tx: Tx,
  saga: Saga<Data>,
  state: SagaState,
  context: SagaContext<Data>,
): Promise<void> {
  const index = saga.steps.findIndex(({ name }) => name === state.step);
  const done = [...state.done, saga.steps[index]!.name];
  const next = saga.steps[index + 1];
  const further = { ...state, done, data: stored(saga, context) };
  if (next) return turnTo(tx, saga, { ...further, step: next.name }, context.now, next.timeoutMs);
  await turnTo(tx, saga, { ...further, status: 'COMPLETED', step: null }, context.now);
  await saga.completed?.(tx, context);
}

/** To undo the last of the steps that are done, or to the end when none is. */
async function goBack<Data>(
  tx: Tx,
  saga: Saga<Data>,
  state: SagaState,
  context: SagaContext<Data>,
): Promise<void> {
  const last = state.done.at(-1);
  if (last !== undefined) return turnTo(tx, saga, { ...state, step: last }, context.now);
  await turnTo(tx, saga, { ...state, status: 'COMPENSATED', step: null }, context.now);
  await saga.compensated?.(tx, context, state.reason ?? '');
}

/** Writes the state, and records that its step is due. */
async function turnTo<Data>(
  tx: Tx,
  saga: Saga<Data>,
  state: SagaState,
  now: Date,
  timeoutMs = Number.POSITIVE_INFINITY,
): Promise<void> {
  const { id, status, step } = state;
  const version = state.version + 1;
  const deadline = timeoutMs < Number.POSITIVE_INFINITY ? new Date(now.getTime() + timeoutMs) : null;
  const isWritten = await writeState(tx, saga.name, { ...state, version, deadline }, now);
  if (!isWritten) throw new Error(`there is a saga "${saga.name}" with the id "${id}"`);
  if (step === null || status === 'FAILED') return;
  const payload = { id, step, direction: status === 'RUNNING' ? 'do' : 'undo' } as const;
  record(tx, saga.stepDue.of({ aggregateId: id, aggregateVersion: version, occurredAt: now, payload }));
}

/** What the work gives, or what it refuses with: then nothing of it is done, and the transaction can go on. */
async function unlessRefused<Result>(
  tx: Tx,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result } | { readonly refusal: string }> {
  try {
    return { result: await attempt(tx, work) };
  } catch (error) {
    if (error instanceof DomainError && !error.retryable) return { refusal: error.message };
    throw error;
  }
}

/** What is kept of the data. Throws when it could not be read again: found out here, nothing is done yet. */
function stored<Data>(saga: Saga<Data>, { id, data }: SagaContext<Data>): unknown {
  const kept: unknown = JSON.parse(JSON.stringify(data));
  read(saga, id, kept);
  return kept;
}

function read<Data>(saga: Saga<Data>, id: string, kept: unknown): Data {
  try {
    return saga.data.parse(kept);
  } catch (cause) {
    throw new Error(`the data of ${saga.name} "${id}" does not fit: ${messageOf(cause)}`, { cause });
  }
}
