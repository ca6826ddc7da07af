export interface Feed<Value> {
  push(value: Value): void;
  end(): void;
  fail(error: unknown): void;
}

/**
 * What is pushed, as an async iterator. It begins at once and keeps what is not yet taken: a socket cannot be asked to
 * wait. `return` stops it, also while a `next` is pending; a failure is thrown after what came before it was taken.
 */
export function toIterator<Value>(
  begin: (feed: Feed<Value>) => () => void,
): AsyncIterableIterator<Value, void, void> {
  let values: Value[] = [];
  let over = false;
  let failure: { readonly error: unknown } | undefined;
  let wake = () => {};

  const end = () => {
    over = true;
    wake();
  };
  const stop = begin({
    push(value) {
      values.push(value);
      wake();
    },
    end,
    fail(error) {
      failure = { error };
      end();
    },
  });

  async function* take(): AsyncGenerator<Value, void, void> {
    for (;;) {
      const taken = values;
      values = [];
      yield* taken;
      if (values.length > 0) continue;
      if (failure) throw failure.error;
      if (over) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  const generator = take();
  const iterator: AsyncIterableIterator<Value, void, void> = {
    next: () => generator.next(),
    async return() {
      values = [];
      stop();
      end();
      return generator.return();
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
