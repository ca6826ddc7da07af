/** Subscribers of the public API, as outside programs are: they note what arrives, and go on after any interruption. */
import { setTimeout as delay } from 'node:timers/promises';
import { EventSource } from 'eventsource';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Arrival } from './verdict.ts';

export interface SubscriptionOptions {
  /** One field, with a variable `$after: Cursor` and at least `id` and `cursor` selected */
  readonly query: string;
  /** Where to begin */
  readonly after: string;
  readonly onItem?: (item: Item) => void;
}

/** An event as the query selects it. */
export interface Item {
  readonly id: string;
  readonly cursor: string;
  readonly [field: string]: unknown;
}

export interface Subscription {
  /** In the order in which they came, repeated ones included */
  readonly arrivals: readonly Arrival[];
  /** What the API refused, after which nothing more arrives */
  readonly refused: string | undefined;
  close(): Promise<void>;
}

export interface Socket {
  subscribe(options: SubscriptionOptions): Subscription;
  /** Cuts the connection as a lost network does. Its subscriptions come back by themselves. */
  cut(): void;
  close(): Promise<void>;
}

/** Opens a WebSocket with the first subscription. `url` is that of the API's endpoint. */
export function openSocket(url: string): Socket {
  // subscribing again is done here, and not by the client, which would begin at the first cursor each time
  const client = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
  const subscriptions: Subscription[] = [];
  return {
    subscribe(options) {
      const subscription = followSocket(client, options);
      subscriptions.push(subscription);
      return subscription;
    },
    cut: () => client.terminate(),
    async close() {
      await Promise.all(subscriptions.map((subscription) => subscription.close()));
      await client.dispose();
    },
  };
}

const retryMs = 50;

function followSocket(client: Client, { query, after, onItem }: SubscriptionOptions): Subscription {
  const notes = createNotes(after, onItem);
  const stopping = new AbortController();
  const follow = async () => {
    while (!stopping.signal.aborted && !notes.refused) {
      await new Promise<void>((resolve) => {
        const leave = client.subscribe<Record<string, Item>>(
          { query, variables: { after: notes.cursor } },
          { next: notes.take, error: () => resolve(), complete: resolve },
        );
        stopping.signal.addEventListener('abort', () => leave(), { once: true });
      });
      await delay(retryMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  const ended = follow();
  return {
    arrivals: notes.arrivals,
    get refused() {
      return notes.refused;
    },
    async close() {
      stopping.abort();
      await ended;
    },
  };
}

/** Subscribes over Server-Sent Events. EventSource itself comes back, with Last-Event-ID. */
export function openEventStream(url: string, { query, after, onItem }: SubscriptionOptions): Subscription {
  const notes = createNotes(after, onItem);
  const address = new URL(url);
  address.searchParams.set('query', query);
  address.searchParams.set('variables', JSON.stringify({ after }));
  const source = new EventSource(address);
  source.addEventListener('next', ({ data }) => notes.take(JSON.parse(data)));
  source.addEventListener('complete', () => source.close());
  return {
    arrivals: notes.arrivals,
    get refused() {
      return notes.refused;
    },
    async close() {
      source.close();
    },
  };
}

interface Result {
  readonly data?: Readonly<Record<string, Item>> | null;
  readonly errors?: readonly { readonly message: string }[];
}

function createNotes(after: string, onItem: (item: Item) => void = () => {}) {
  const arrivals: Arrival[] = [];
  const notes = {
    arrivals,
    /** Of the last item */
    cursor: after,
    refused: undefined as string | undefined,
    take(result: Result): void {
      const at = Number(Temporal.Now.instant().epochNanoseconds / 1_000n) / 1_000;
      const [item] = Object.values(result.data ?? {});
      if (!item) {
        notes.refused = result.errors?.[0]?.message ?? 'an item without data';
        return;
      }
      arrivals.push({ id: item.id, at });
      notes.cursor = item.cursor;
      onItem(item);
    },
  };
  return notes;
}
