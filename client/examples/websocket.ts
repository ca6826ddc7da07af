/** Follows events with Aorta's client: node client/examples/websocket.ts [url of the API] [cursor to go on from] */
import { createAortaClient } from '../index.ts';

const [apiUrl = 'http://127.0.0.1:4000', savedCursor] = process.argv.slice(2);
const client = createAortaClient({ url: `${apiUrl.replace('http', 'ws')}/graphql` });
const query = 'subscription { events { id type } }';

let after = savedCursor ?? (await readStateAndHead());
for (;;) {
  const payload = { query, extensions: { after } };
  // throws what the API refuses, after a step that says so: trying again would change nothing
  for await (const { result, cursor, ...progress } of client.follow<{ events: object }>(payload)) {
    if (result?.data) console.log(JSON.stringify({ ...result.data.events, cursor }));
    else console.error(progress);
  }
  // it ended, so the cursor has expired: what the log no longer tells is in the state
  after = await readStateAndHead();
}

/** What is true now, and the cursor from which to follow what changes it. */
async function readStateAndHead(): Promise<string> {
  const query = '{ head viewership { concurrentViewers } }';
  const { head, viewership } = await client.request<{ head: string; viewership: object }>({ query });
  console.error('state', viewership);
  return head;
}
