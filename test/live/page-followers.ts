/** What a page does that follows events over Server-Sent Events. Each function runs in the browser, and needs nothing else. */

export interface PageFollower {
  /** The ids of the events of each subscription, as they came */
  readonly received: string[][];
  pings: number;
  reopened: number;
}

export interface FollowOptions {
  readonly query: string;
  readonly after: string;
  readonly count: number;
  readonly silentMs: number;
}

/** An EventSource, replaced by another when it has not even had a ping for a while. */
export function withEventSource({ query, after, silentMs }: FollowOptions): void {
  const follower: PageFollower = { received: [[]], pings: 0, reopened: 0 };
  Object.assign(globalThis, { follower });
  let cursor = after;
  const open = () => {
    const url = new URL('/graphql', location.href);
    url.searchParams.set('query', query);
    url.searchParams.set('extensions', JSON.stringify({ after: cursor }));
    const source = new EventSource(url);
    const reopen = () => {
      clearTimeout(timer);
      source.close();
      follower.reopened += 1;
      open();
    };
    let timer = setTimeout(reopen, silentMs);
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(reopen, silentMs);
    };
    source.addEventListener('next', ({ data, lastEventId }) => {
      alive();
      cursor = lastEventId;
      follower.received[0]!.push(JSON.parse(data).data.events.id);
    });
    source.addEventListener('ping', ({ data }) => {
      alive();
      cursor = JSON.parse(data).cursor;
      follower.pings += 1;
    });
  };
  open();
}

/** Several subscriptions on one event stream: reserved, opened as an EventSource, and asked for beside it. */
export function withOneConnection({ query, after, count, silentMs }: FollowOptions): void {
  const follower: PageFollower = { received: [], pings: 0, reopened: 0 };
  Object.assign(globalThis, { follower });
  const cursors: Record<string, string> = {};
  for (let id = 0; id < count; id += 1) {
    cursors[id] = after;
    follower.received.push([]);
  }
  const ask = (method: string, headers: Record<string, string>, body?: object) =>
    fetch('/graphql', {
      method,
      headers,
      signal: AbortSignal.timeout(silentMs),
      ...(body ? { body: JSON.stringify(body) } : {}),
    });

  const open = async (): Promise<void> => {
    const token = await (await ask('PUT', {})).text();
    const source = new EventSource(`/graphql?token=${token}`);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const close = () => {
      clearTimeout(timer);
      source.close();
    };
    const dead = new Promise<void>((resolve) => {
      const alive = () => {
        clearTimeout(timer);
        timer = setTimeout(resolve, silentMs);
      };
      alive();
      source.addEventListener('next', (message) => {
        alive();
        const { id, payload } = JSON.parse(message.data);
        cursors[id] = payload.extensions.cursor;
        follower.received[id]!.push(payload.data.events.id);
      });
      source.addEventListener('ping', ({ data }) => {
        alive();
        Object.assign(cursors, JSON.parse(data).cursors);
        follower.pings += 1;
      });
    });
    try {
      const headers = { 'content-type': 'application/json', 'x-graphql-event-stream-token': token };
      for (const id of Object.keys(cursors)) {
        const extensions = { operationId: id, after: cursors[id] };
        const { status } = await ask('POST', headers, { query, extensions });
        if (status !== 202) throw new Error(`not accepted: ${status}`);
      }
      await dead;
    } finally {
      close();
    }
    follower.reopened += 1;
  };
  const followForEver = async () => {
    for (;;) {
      await open().catch(() => new Promise((resolve) => setTimeout(resolve, 100)));
    }
  };
  void followForEver();
}
