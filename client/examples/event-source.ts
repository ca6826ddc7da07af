/** Follows events with a plain EventSource: node client/examples/event-source.ts [url of the API] [cursor] */
import { EventSource } from 'eventsource'; // a browser has its own

const [apiUrl = 'http://127.0.0.1:4000', savedCursor] = process.argv.slice(2);
const query = 'subscription ($after: Cursor) { events(after: $after) { id type } }';

/** Reconnects by itself, and tells the API the id of the last message: its cursor. */
function follow(after: string | undefined): void {
  const url = new URL('/graphql', apiUrl);
  url.searchParams.set('query', query);
  url.searchParams.set('variables', JSON.stringify({ after }));
  let cursor = after;

  const source = new EventSource(url);
  source.addEventListener('next', ({ data, lastEventId }) => {
    cursor = lastEventId || cursor;
    const result = JSON.parse(data);
    if (result.data) console.log(JSON.stringify({ ...result.data.events, cursor }));
    if (result.errors) console.error(result.errors);
  });
  // the subscription is over; without this the EventSource would ask for it again
  source.addEventListener('complete', () => source.close());
  source.addEventListener('error', () => {
    // an answer that is no stream, such as a proxy's 502, ends an EventSource: a new one goes on
    if (source.readyState === source.CLOSED) setTimeout(() => follow(cursor), 1_000 + Math.random() * 4_000);
  });
}

follow(savedCursor);
// in Node: the package lets a program end that does nothing but wait to reconnect
setInterval(() => {}, 60_000);
