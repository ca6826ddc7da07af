/** Follows events, and would not by itself notice for hours that it is cut off: arguments are the URL of the API, and ms */
import { createAortaClient } from '../../../client/index.ts';

const [apiUrl = '', pauseMs = '36000000'] = process.argv.slice(2);
const client = createAortaClient({
  url: `${apiUrl.replace('http', 'ws')}/graphql`,
  keepAlive: 3_600_000,
  pongTimeout: 1_000,
  connectTimeout: 3_600_000,
  backoff: { baseMs: Number(pauseMs), maxMs: Number(pauseMs) },
});
const steps = client.follow<{ events: object }>({ query: 'subscription { events { id type } }' });
for await (const { result, status, attempt, error } of steps) {
  if (result?.data) console.log(JSON.stringify(result.data.events));
  console.warn(JSON.stringify({ status, attempt, error, message: error?.message }));
}
