import { AortaError, toError } from './errors.ts';
import type { AortaClient, StateOptions, StateStep } from './options.ts';
import type { Wait } from './socket/backoff.ts';

/** See `state` of the client. Events with errors cannot be applied: the state is read anew, which is past them. */
export async function* stateThenEvents<State extends { readonly head: string }, Data>(
  { request, follow }: Pick<AortaClient, 'request' | 'follow'>,
  wait: Wait,
  options: StateOptions<State, Data>,
): AsyncGenerator<StateStep<State>, void, void> {
  const { query, subscription, apply, includes, ...rest } = options;
  const variables = { ...options.variables };
  let failures = 0;
  const read = async () => {
    for (;;) {
      try {
        return await request<State>({ query, variables }, rest);
      } catch (error) {
        if (!(error instanceof AortaError && error.retryable)) throw error;
        await wait(failures++, { atLeastMs: error.retryAfterMs });
      }
    }
  };
  for (;;) {
    let state = await read();
    const { head } = state;
    if (typeof head !== 'string') throw toError('The query of a state must select head.');
    yield { state, status: 'catching up', cursor: head, oldest: undefined };
    let isStale = false;
    const payload = { query: subscription, variables, extensions: { after: head } };
    for await (const { result, ...progress } of follow<Data>(payload, rest)) {
      isStale = progress.status === 'expired' || result?.errors !== undefined;
      if (isStale) break;
      if (progress.status === 'live') failures = 0;
      if (result?.data && !includes?.(state, result.data)) state = apply(state, result.data);
      yield { state, ...progress };
    }
    if (!isStale) return;
    await wait(failures++);
  }
}
