/** Follows events with Aorta's client: node client/examples/websocket.ts [url of the API] [cursor to go on from] */
import { createAortaClient } from '../index.ts';

const [apiUrl = 'http://127.0.0.1:4000', savedCursor] = process.argv.slice(2);
const client = createAortaClient({ url: `${apiUrl.replace('http', 'ws')}/graphql` });
const query = 'subscription { events { id type } }';

let after = savedCursor ?? (await readStateAndHead());
for (;;) {
  const payload = { query, extensions: { after } };
  for await (const { result, cursor, status } of client.follow<{ events: object }>(payload)) {
    if (result?.data) console.log(JSON.stringify({ ...result.data.events, cursor }));
    else console.error(status);
  }
  // it ended, so the cursor has expired: what the log no longer tells is in the state
  after = await readStateAndHead();
}

/** What is true now, and the cursor from which to follow what changes it. */
async function readStateAndHead(): Promise<string> {
  const response = await fetch(`${apiUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ head viewership { concurrentViewers } }' }),
  });
  const { data } = (await response.json()) as { data: { head: string; viewership: object } };
  console.error('state', data.viewership);
  return data.head;
}
