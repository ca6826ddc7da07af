/** Resumes by hand, with graphql-ws's own client: node client/examples/graphql-ws.ts [url of the API] [cursor] */
import { createClient } from 'graphql-ws/client';

const [apiUrl = 'http://127.0.0.1:4000', savedCursor] = process.argv.slice(2);
let cursor = savedCursor;
let silence: ReturnType<typeof setTimeout>;

const client = createClient({
  url: `${apiUrl.replace('http', 'ws')}/graphql`,
  retryAttempts: Number.POSITIVE_INFINITY,
  shouldRetry: () => true,
  retryWait: (attempt) =>
    new Promise((resolve) => {
      setTimeout(resolve, Math.random() * Math.min(20_000, 500 * 2 ** attempt));
    }),
  // a dead connection looks like a quiet one: without an answer to a ping it is given up
  keepAlive: 10_000,
  on: { connecting: listen, message: listen },
});

function listen(): void {
  clearTimeout(silence);
  silence = setTimeout(() => {
    client.terminate();
    listen();
  }, 15_000);
}

// after a lost socket graphql-ws sends the payload again, and with it the cursor that is then the newest
const payload = {
  query: 'subscription { events { id type } }',
  get extensions() {
    return cursor === undefined ? undefined : { after: cursor };
  },
};
client.subscribe<{ events: object }, { cursor?: string }>(payload, {
  next({ data, errors, extensions }) {
    cursor = extensions?.cursor ?? cursor;
    if (data) console.log(JSON.stringify({ ...data.events, cursor }));
    if (errors) console.error(errors);
  },
  error: (error) => console.error(error),
  complete: () => console.error('complete'),
});
