/**
 * - `each`: must be taken, in order
 * - `newest`: makes everything that waits pointless
 * - `note`: makes the note before it pointless
 */
export type Weight = 'each' | 'newest' | 'note';

export interface Feed<Value> {
  push(value: Value, weight: Weight): void;
  end(): void;
  fail(error: unknown): void;
}

/** Where values come from. */
export interface Source {
  /** Nothing is pushed until `resume`, which goes on without a gap. */
  pause(): void;
  resume(): void;
  end(): void;
}

/**
 * What is pushed, as an async iterator. It begins at once, and keeps at most `limit` values that are not taken: then
 * the source is paused, until half of them are taken. `return` stops it, also while a `next` is pending; a failure is
 * thrown after what came before it was taken.
 */
export function toIterator<Value>(
  limit: number,
  begin: (feed: Feed<Value>) => Source,
): AsyncIterableIterator<Value, void, void> {
  let waiting: { readonly value: Value; readonly weight: Weight }[] = [];
  let paused = false;
  let over = false;
  let failure: { readonly error: unknown } | undefined;
  let wake = () => {};

  const end = () => {
    over = true;
    wake();
  };
  const source = begin({
    push(value, weight) {
      if (over) return;
      if (weight === 'newest') waiting = [];
      if (weight === 'note' && waiting.at(-1)?.weight === 'note') waiting.pop();
      waiting.push({ value, weight });
      wake();
      if (weight !== 'each' || paused || waiting.length < limit) return;
      paused = true;
      source.pause();
    },
    end,
    fail(error) {
      failure = { error };
      end();
    },
  });

  async function* take(): AsyncGenerator<Value, void, void> {
    for (;;) {
      const next = waiting.shift();
      if (paused && waiting.length <= limit / 2) {
        paused = false;
        source.resume();
      }
      if (next) yield next.value;
      else if (failure) throw failure.error;
      else if (over) return;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  }
  const generator = take();
  const iterator: AsyncIterableIterator<Value, void, void> = {
    next: () => generator.next(),
    async return() {
      waiting = [];
      end();
      source.end();
      return generator.return();
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
