/** Honest clients beside the strangers: they write, query and follow the log, and all that they ask for is their right. */
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { createAortaClient } from '../client/index.ts';
import type { Arrival } from '../demo/verdict.ts';

export interface Honest extends AsyncDisposable {
  /** How long each query took, ms */
  readonly queryMs: number[];
  /** What was refused or went wrong, in words */
  readonly complaints: readonly string[];
  /** What each subscription of the whole log received */
  readonly followers: ReadonlyMap<string, readonly Arrival[]>;
  /** Mutations that were answered */
  readonly written: number;
  /** Queries and writes end; subscriptions go on. */
  rest(): Promise<void>;
}

export interface HonestOptions {
  readonly port: number;
  /** An api that has ended is found, and told, elsewhere: what fails meanwhile is nobody's complaint. */
  readonly isUp: () => boolean;
}

const pauseMs = 20; // between two queries, and between two mutations
const query = '{ head videos(first: 3) { edges { node { id title } } } pipeline { outboxLag } }';
const mutation = `mutation ($user: ID!, $key: String) {
  startWatching(userId: $user, videoId: "v0", idempotencyKey: $key) { id }
}`;
const subscription = 'subscription { events { id } }';

export async function startHonest({ port, isUp }: HonestOptions): Promise<Honest> {
  const url = `http://127.0.0.1:${port}/graphql`;
  const queryMs: number[] = [];
  const complaints: string[] = [];
  const complain = (what: string) => {
    if (complaints.length < 20) complaints.push(what);
  };
  let written = 0;
  let resting = false;

  const ask = async (body: object): Promise<boolean> => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify(body),
      });
      const answer = await response.text();
      if (response.status === 200 && !answer.includes('"errors"')) return true;
      if (isUp()) complain(`an honest request was answered ${response.status} ${answer.slice(0, 500)}`);
    } catch (error) {
      await delay(200); // an api that has ended is noticed a moment later
      if (isUp()) complain(`an honest request failed: ${error} ${(error as Error).cause ?? ''}`);
    }
    return false;
  };
  const queries = async () => {
    while (!resting) {
      const start = performance.now();
      if (await ask({ query })) queryMs.push(performance.now() - start);
      await delay(pauseMs);
    }
  };
  const writes = async () => {
    for (let number = 0; !resting; number += 1) {
      const variables = { user: `honest-${number % 5}`, key: `honest-${number}` };
      if (await ask({ query: mutation, variables })) written += 1;
      else number -= 1; // the same key again: it has one effect
      await delay(pauseMs);
    }
  };

  const after = await readHead(url);
  const overSocket: Arrival[] = [];
  const client = createAortaClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    backoff: { baseMs: 50, maxMs: 500 },
  });
  client.subscribe<{ readonly events: { readonly id: string } }>(
    { query: subscription, extensions: { after } },
    {
      next({ data, errors }) {
        if (data) overSocket.push({ id: data.events.id, at: Date.now() });
        if (errors) complain(`an honest subscription got ${JSON.stringify(errors)}`);
      },
      error: (error) => complain(`an honest subscription was refused: ${JSON.stringify(error)}`),
      complete: () => {},
    },
  );
  const stream = followStream(url, after);
  const working = [queries(), writes()];
  return {
    queryMs,
    complaints,
    followers: new Map([
      ['over WebSocket', overSocket],
      ['over Server-Sent Events', stream.arrivals],
    ]),
    get written() {
      return written;
    },
    async rest() {
      resting = true;
      await Promise.all(working);
    },
    async [Symbol.asyncDispose]() {
      resting = true;
      await Promise.all(working);
      await client.dispose();
      await stream.stop();
    },
  };
}

async function readHead(url: string): Promise<string> {
  const response = await fetch(`${url}?query={head}`, { headers: { accept: 'application/json' } });
  return ((await response.json()) as { data: { head: string } }).data.head;
}

/** Follows the log over an event stream, and goes on after the last id whenever it is cut. */
function followStream(url: string, after: string) {
  const arrivals: Arrival[] = [];
  const stopping = new AbortController();
  let lastId = after;
  const take = (message: string) => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(message)?.[1];
    if (field('event') === 'next')
      arrivals.push({ id: JSON.parse(field('data')!).data.events.id, at: Date.now() });
    lastId = field('id') ?? lastId;
  };
  const readOnce = async () => {
    const response = await fetch(`${url}?query=${encodeURIComponent(subscription)}`, {
      headers: { accept: 'text/event-stream', 'last-event-id': lastId },
      signal: stopping.signal,
    });
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const messages = `${text}${chunk}`.split('\n\n');
      text = messages.pop()!;
      messages.forEach(take);
    }
  };
  const read = async () => {
    while (!stopping.signal.aborted) {
      await readOnce().catch(() => {});
      if (!stopping.signal.aborted) await delay(100);
    }
  };
  const finished = read();
  return {
    arrivals,
    async stop() {
      stopping.abort();
      await finished;
    },
  };
}
