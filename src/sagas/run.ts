/** Begins a saga, and takes it a step further. */
import { attempt, record, type Tx } from '../outbox/transaction.ts';
import { DomainError } from '../platform/errors.ts';
import type { Saga, SagaContext, SagaStep } from './saga.ts';
import { insertState, lockState, type SagaState, updateState } from './state.ts';

const defaultTimeoutMs = 60_000;

export interface NewSaga<Data> {
  readonly id: string;
  readonly data: Data;
  readonly now: Date;
}

/**
 * Does the first step in this transaction, and leaves the others to the workers. What the first step throws is the
 * caller's: nothing has begun then. Throws when there is a saga of this id.
 */
export async function startSaga<Data>(
  tx: Tx,
  saga: Saga<Data>,
  { id, data, now }: NewSaga<Data>,
): Promise<void> {
  const { signal } = new AbortController(); // the transaction is the caller's, and so is its time
  const begun: SagaState = {
    ...{ id, status: 'RUNNING', step: 0, version: 0, data, reason: null, deadline: null },
  };
  const isNew = await insertState(tx, saga.name, begun, now);
  if (!isNew) throw new Error(`there is a saga "${saga.name}" with the id "${id}"`);
  const changed = await saga.steps[0].do(tx, { id, data, now, signal });
  await goOn(tx, saga, begun, { data: changed, now, signal });
}

/** A step that is due, as an event told. */
export interface DueStep {
  readonly id: string;
  /** Of the state that it is due in */
  readonly version: number;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/** Does or undoes the step that is due; does nothing when that has been done. Throws what is to be tried again. */
export async function takeStep<Data>(tx: Tx, saga: Saga<Data>, due: DueStep): Promise<void> {
  const { id, version, now, signal } = due;
  const state = await lockState(tx, saga.name, id);
  if (!state || state.version !== version) return;
  const context = { id, data: saga.data.parse(state.data), now, signal };
  const step = saga.steps[state.step]!;
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
  if ('refusal' in outcome) {
    const reason = outcome.refusal;
    return turnTo(tx, saga, { ...state, status: 'COMPENSATING', reason, step: state.step - 1 }, context.now);
  }
  await goOn(tx, saga, state, { ...context, data: outcome.result });
}

async function undoStep<Data>(
  tx: Tx,
  saga: Saga<Data>,
  state: SagaState,
  step: SagaStep<Data>,
  context: SagaContext<Data>,
): Promise<void> {
  const outcome = await unlessRefused(tx, async () => step.undo?.(tx, context));
  if ('refusal' in outcome) {
    const reason = `${state.reason}; ${step.name} could not be undone: ${outcome.refusal}`;
    await turnTo(tx, saga, { ...state, status: 'FAILED', reason }, context.now);
    return saga.failed?.(tx, context, reason);
  }
  if (state.step > 0) return turnTo(tx, saga, { ...state, step: state.step - 1 }, context.now);
  await turnTo(tx, saga, { ...state, status: 'COMPENSATED' }, context.now);
  await saga.compensated?.(tx, context, state.reason ?? '');
}

/** To the step after the one that is done, or to the end. */
async function goOn<Data>(
  tx: Tx,
  saga: Saga<Data>,
  state: SagaState,
  { data, now, signal }: Omit<SagaContext<Data>, 'id'>,
): Promise<void> {
  const step = state.step + 1;
  if (step < saga.steps.length) return turnTo(tx, saga, { ...state, step, data }, now);
  await turnTo(tx, saga, { ...state, status: 'COMPLETED', data }, now);
  await saga.completed?.(tx, { id: state.id, data, now, signal });
}

/** Writes the state, and records that its step is due. */
async function turnTo<Data>(tx: Tx, saga: Saga<Data>, state: SagaState, now: Date): Promise<void> {
  const { id, status } = state;
  const version = state.version + 1;
  const step = saga.steps[state.step]!;
  const deadline =
    status === 'RUNNING' ? new Date(now.getTime() + (step.timeoutMs ?? defaultTimeoutMs)) : null;
  await updateState(tx, saga.name, { ...state, version, deadline }, now);
  if (status !== 'RUNNING' && status !== 'COMPENSATING') return;
  const payload = { id, step: step.name, direction: status === 'RUNNING' ? 'do' : 'undo' } as const;
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
