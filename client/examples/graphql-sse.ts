/** Follows events with graphql-sse's client: node client/examples/graphql-sse.ts [url of the API] [cursor] */
import { createClient } from 'graphql-sse';

// the API sends something every 12 s
const [apiUrl = 'http://127.0.0.1:4000', savedCursor, silentAfterMs = '30000', mode] = process.argv.slice(2);
let cursor = savedCursor;

const client = createClient({
  url: `${apiUrl}/graphql`,
  singleConnection: mode === 'single', // all subscriptions over one connection
  fetchFn: fetchUnlessSilent,
  retryAttempts: Number.POSITIVE_INFINITY,
  retry: (attempt) =>
    new Promise((resolve) => {
      setTimeout(resolve, Math.random() * Math.min(20_000, 500 * 2 ** attempt));
    }),
});

// after a lost connection graphql-sse writes the request again, and with it the cursor that is then the newest
const request = {
  query: 'subscription { events { id type } }',
  toJSON() {
    const { toJSON: _, extensions, ...rest } = this as typeof this & { extensions?: object };
    return { ...rest, extensions: { ...extensions, after: cursor } };
  },
};
client.subscribe<{ events: object }, { cursor?: string }>(request, {
  next({ data, errors, extensions }) {
    cursor = extensions?.cursor ?? cursor;
    if (data) console.log(JSON.stringify({ ...data.events, cursor }));
    if (errors) console.error(errors);
  },
  error: (error) => console.error(error),
  complete: () => console.error('complete'),
});

/** graphql-sse waits for ever on a connection that is dead: a body on which nothing comes for too long fails. */
async function fetchUnlessSilent(input: string, init: RequestInit): Promise<Response> {
  const gone = new AbortController();
  let timer: ReturnType<typeof setTimeout>;
  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(() => gone.abort(new Error('nothing was heard')), Number(silentAfterMs));
  };
  listen();
  try {
    const signal = init.signal ? AbortSignal.any([init.signal, gone.signal]) : gone.signal;
    const response = await fetch(input, { ...init, signal });
    const heard = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        listen();
        controller.enqueue(chunk);
      },
      flush: () => clearTimeout(timer),
    });
    return new Response(response.body?.pipeThrough(heard), response);
  } catch (error) {
    clearTimeout(timer!);
    throw error;
  }
}
