/** What an operation brings, as async iterators and as a promise. */
import type { FormattedExecutionResult, SubscribePayload } from 'graphql-ws/client';
import { AortaError, errorOfApi } from './errors.ts';
import { toIterator, type Weight } from './iterator.ts';
import type { Operation, Result } from './operation.ts';
import type { AortaSink, IterateOptions, RunOptions, Step } from './options.ts';
import { afterResult, beginning, cursorOf } from './progress.ts';

export type Run = (payload: SubscribePayload, sink: AortaSink<Result>, options?: RunOptions) => Operation;

const defaultMaxWaiting = 1_000;

/** A signal tells what is true, so that what was true before need not wait. */
const weightOf = (result: Result): Weight =>
  cursorOf(result) === undefined && !result.errors ? 'newest' : 'each';

export const resultsOf = <Data, Extensions>(run: Run, payload: SubscribePayload, options: IterateOptions) =>
  toIterator<FormattedExecutionResult<Data, Extensions>>(
    options.maxWaiting ?? defaultMaxWaiting,
    ({ push, fail, end }) =>
      run(payload, { next: (result) => push(result, weightOf(result)), error: fail, complete: end }, options),
  );

export const stepsOf = <Data, Extensions>(run: Run, payload: SubscribePayload, options: IterateOptions) =>
  toIterator<Step<Data, Extensions>>(options.maxWaiting ?? defaultMaxWaiting, ({ push, fail, end }) => {
    let progress = beginning(payload);
    const sink: AortaSink<Result> = {
      next(result) {
        progress = afterResult(progress, result);
        push({ ...progress, result }, weightOf(result));
      },
      progress(told) {
        progress = told;
        push(told, 'note');
      },
      error: fail,
      complete: end,
    };
    return run(payload, sink, options);
  });

/** Returns the data of a query or a mutation. Throws what its sink would get, and all that the answer has as errors. */
export const answerOf = <Data>(run: Run, payload: SubscribePayload, options?: RunOptions) =>
  new Promise<Data>((resolve, reject) => {
    let settle = () =>
      reject(
        new AortaError('The client was disposed before an answer came.', { code: 'ENDED', retryable: false }),
      );
    const sink: AortaSink<Result> = {
      next({ data, errors }) {
        settle = errors?.length ? () => reject(errorOfApi(errors)) : () => resolve(data);
      },
      error: reject,
      complete: () => settle(),
    };
    run(payload, sink, options);
  });
