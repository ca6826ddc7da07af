/** Follows events with a plain EventSource: node client/examples/event-source.ts [url of the API] [cursor] */
import { EventSource } from 'eventsource'; // a browser has its own

// the API sends a ping every 12 s
const [apiUrl = 'http://127.0.0.1:4000', savedCursor, silentAfterMs = '30000'] = process.argv.slice(2);
const query = 'subscription ($after: Cursor) { events(after: $after) { id type } }';

/** Reconnects by itself, and tells the API the id of the last message: its cursor. */
function follow(after: string | undefined): void {
  const url = new URL('/graphql', apiUrl);
  url.searchParams.set('query', query);
  url.searchParams.set('variables', JSON.stringify({ after }));
  let cursor = after;
  let silence: ReturnType<typeof setTimeout>;

  const source = new EventSource(url);
  // it would wait for ever on a connection that is dead, or that a proxy holds: a new one goes on
  const listen = () => {
    clearTimeout(silence);
    silence = setTimeout(reopen, Number(silentAfterMs));
  };
  const reopen = () => {
    source.close();
    clearTimeout(silence);
    setTimeout(() => follow(cursor), Math.random() * 5_000);
  };
  listen();
  source.addEventListener('open', listen);
  source.addEventListener('ping', ({ lastEventId }) => {
    cursor = lastEventId || cursor;
    listen();
  });
  source.addEventListener('next', ({ data, lastEventId }) => {
    cursor = lastEventId || cursor;
    listen();
    const result = JSON.parse(data);
    if (result.data) console.log(JSON.stringify({ ...result.data.events, cursor }));
    if (result.errors) console.error(result.errors);
  });
  // the subscription is over; without this the EventSource would ask for it again
  source.addEventListener('complete', () => {
    clearTimeout(silence);
    source.close();
  });
  source.addEventListener('error', () => {
    // an answer that is no stream, such as a proxy's 502, ends an EventSource for good
    if (source.readyState === source.CLOSED) reopen();
  });
}

follow(savedCursor);
// in Node: the package lets a program end that does nothing but wait to reconnect
setInterval(() => {}, 60_000);
