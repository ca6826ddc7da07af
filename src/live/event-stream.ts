/**
 * GraphQL over Server-Sent Events (the distinct connections mode of graphql-sse), with the cursor of each item as its
 * id, so that a plain EventSource resumes by itself with Last-Event-ID.
 */
import type { ExecutionResult } from 'graphql';

export interface EventStreamOptions {
  readonly keepAliveMs: number;
  /** Where to go on when nothing more was received; undefined for what cannot be resumed */
  readonly progress: () => string | undefined;
}

type Results = AsyncIterable<ExecutionResult> | ExecutionResult;

/** The body of a response; its end lets the subscription go. */
export function eventStream(
  results: Results,
  { keepAliveMs, progress }: EventStreamOptions,
): ReadableStream<Uint8Array> {
  const iterator = Symbol.asyncIterator in results ? results[Symbol.asyncIterator]() : single(results);
  const encoder = new TextEncoder();
  let timer: NodeJS.Timeout | undefined;
  let ended = false;

  return new ReadableStream<Uint8Array>({
    start(controller) {
      // an id without data is kept by the client and shown to nobody; a comment makes proxies pass the headers on
      const keepAlive = () => {
        const cursor = progress();
        if (!ended) controller.enqueue(encoder.encode(cursor === undefined ? ':\n\n' : `id: ${cursor}\n\n`));
      };
      keepAlive();
      timer = setInterval(() => {
        // a client that does not read gets nothing more until it does
        if ((controller.desiredSize ?? 0) > 0) keepAlive();
      }, keepAliveMs);
    },
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (ended) return;
      if (!done) return controller.enqueue(encoder.encode(nextEvent(value)));
      ended = true;
      clearInterval(timer);
      controller.enqueue(encoder.encode('event: complete\ndata:\n\n'));
      controller.close();
    },
    async cancel() {
      ended = true;
      clearInterval(timer);
      await iterator.return?.();
    },
  });
}

function nextEvent(result: ExecutionResult): string {
  const cursor = result.extensions?.cursor;
  const id = typeof cursor === 'string' ? `id: ${cursor}\n` : '';
  return `${id}event: next\ndata: ${JSON.stringify(result)}\n\n`;
}

async function* single(result: ExecutionResult): AsyncGenerator<ExecutionResult, void, void> {
  yield result;
}
