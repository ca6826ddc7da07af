/** One client that comes, subscribes and dies without a word, in each of the ways in which one can. */
import { request } from 'node:http';
import { connect } from 'node:net';
import { WebSocket } from 'ws';

export interface Target {
  readonly port: number;
  /** Of a place in the log from which there is something to catch up with */
  readonly cursor: string;
}

type Cycle = (target: Target, number: number) => Promise<void>;

const events = (after?: string) => ({
  query: 'subscription ($after: Cursor) { events(after: $after) { id type payload } }',
  variables: { after },
});
// nobody else's: what a subscription leaves behind under its own name is never used again
const activityOf = (number: number, after?: string) => ({
  query:
    'subscription ($userId: ID, $after: Cursor) { watchActivity(userId: $userId, after: $after) { id } }',
  variables: { userId: `user-${number}`, after },
});
const viewershipOf = (number: number) => ({
  query: 'subscription ($videoId: ID) { viewership(videoId: $videoId) { concurrentViewers } }',
  variables: { videoId: `video-${number}` },
});
const leaderboard = { query: 'subscription { leaderboard { rank } }' };

const cycles: Readonly<Record<string, Cycle>> = {
  'dies on several subscriptions that stand': (target, number) =>
    overWebSocket(target, [events(), activityOf(number), viewershipOf(number), leaderboard], (types) =>
      ['ping', 'next'].every((type) => types.has(type)),
    ),
  'dies while it catches up': (target, number) =>
    overWebSocket(target, [events(target.cursor), activityOf(number, target.cursor)], (types) =>
      types.has('next'),
    ),
  'dies as soon as it has subscribed': (target, number) =>
    overWebSocket(target, [events(), activityOf(number, target.cursor), viewershipOf(number)], () => true),
  'dies before it has said anything': (target) => overWebSocket(target, [], () => true),
  'dies in the middle of its handshake': dieInHandshake,
  'dies on an event stream that stands': (target, number) =>
    overEventStream(target, activityOf(number), undefined, ':'),
  'dies on an event stream that catches up': (target) =>
    overEventStream(target, events(), target.cursor, 'event: next'),
  'dies on the event stream of a signal': (target) =>
    overEventStream(target, leaderboard, undefined, 'event: next'),
  'dies as soon as it has asked for an event stream': (target) =>
    overEventStream(target, events(), undefined, ''),
};

const kinds = Object.values(cycles);

/** Runs so many cycles, some at a time, every kind as often as the others. Throws when the server refuses one. */
export async function runCycles(target: Target, count: number, atOnce = 40): Promise<void> {
  let begun = 0;
  const runNext = async () => {
    while (begun < count) {
      const number = begun;
      begun += 1;
      await kinds[number % kinds.length]!(target, number);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, runNext));
}

/** `isOver` is asked with the types of all messages so far, once everything was sent. */
function overWebSocket(
  { port }: Target,
  operations: readonly object[],
  isOver: (types: ReadonlySet<string>) => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
    const types = new Set<string>();
    const dieIfOver = () => {
      if (isOver(types)) socket.terminate();
    };
    socket.on('open', () => {
      if (operations.length === 0) socket.terminate();
      else socket.send('{"type":"connection_init"}');
    });
    socket.on('message', (data) => {
      const { type } = JSON.parse(String(data)) as { type: string };
      if (type === 'error') reject(new Error(`refused: ${data}`));
      types.add(type);
      if (type !== 'connection_ack') return dieIfOver();
      operations.forEach((payload, index) => {
        socket.send(JSON.stringify({ id: String(index), type: 'subscribe', payload }));
      });
      dieIfOver();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve());
  });
}

function dieInHandshake({ port }: Target): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write('GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: webs', () => socket.destroy());
    });
    socket.on('error', reject);
    socket.on('close', () => resolve());
  });
}

/** Dies once the answer holds the text; with none as soon as the request is out. */
function overEventStream(
  { port }: Target,
  operation: object,
  lastEventId: string | undefined,
  text: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({
      port,
      path: '/graphql',
      method: 'POST',
      agent: false,
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      },
    });
    let isDead = false;
    const die = () => {
      isDead = true;
      sent.destroy();
    };
    sent.on('response', (response) => {
      if (response.statusCode !== 200) reject(new Error(`refused with ${response.statusCode}`));
      let body = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        body += chunk;
        if (body.includes(text)) die();
      });
      response.on('error', () => {});
    });
    sent.on('error', (error) => {
      if (!isDead) reject(error);
    });
    sent.on('close', () => resolve());
    sent.end(JSON.stringify(operation), () => {
      if (text === '') die();
    });
  });
}
