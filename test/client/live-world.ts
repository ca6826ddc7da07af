import { type AortaClient, type AortaClientOptions, createAortaClient } from '../../client/index.ts';
import type { RoleProcess } from '../support/role-process.ts';
import { addVideos } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';

export interface LiveWorld extends AsyncDisposable {
  readonly world: World;
  /** The one that runs now */
  readonly api: RoleProcess;
  readonly socketUrl: string;
  /** A client that reconnects in no time; it is disposed when the world ends. */
  newClient(options?: Partial<AortaClientOptions>): AortaClient;
  killApi(): Promise<void>;
  /** Starts it again, on the same port. */
  startApi(): Promise<void>;
  /** What the api counts, such as its sockets and its subscribers. */
  count(what: 'sockets' | 'subscribers'): Promise<number>;
}

/** A world with an api, a relay and four videos. */
export async function createLiveWorld(apiEnv: Readonly<Record<string, string>> = {}): Promise<LiveWorld> {
  await using setup = new AsyncDisposableStack();
  const world = setup.use(await createWorld());
  await addVideos(world.database, 4);
  const relay = world.spawn('relay');
  let api: RoleProcess;
  const startApi = async () => {
    api = world.spawn('api', { env: { KEEP_ALIVE_MS: '500', ...apiEnv } });
    await api.waitForLog('api.started', { timeoutMs: 60_000 });
  };
  await Promise.all([startApi(), relay.waitForLog('lease.taken', { timeoutMs: 60_000 })]);
  const socketUrl = `${world.apiUrl.replace('http', 'ws')}/graphql`;
  const owned = setup.move();
  return {
    world,
    get api() {
      return api;
    },
    socketUrl,
    newClient(options) {
      const client = createAortaClient({
        url: socketUrl,
        backoff: { baseMs: 20, maxMs: 200 },
        ...options,
      });
      owned.defer(() => client.dispose());
      return client;
    },
    killApi: async () => void (await api.kill()),
    startApi,
    async count(what) {
      const metrics = await (await fetch(`${world.apiUrl}/metrics`)).text();
      return Number(new RegExp(`^aorta_live\\{what="${what}"\\} (\\d+)`, 'm').exec(metrics)![1]);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export const documents = {
  events: 'subscription { events { id type } }',
  ofUser: 'subscription ($userId: ID!) { watchActivity(userId: $userId) { id type } }',
  viewership: 'subscription { viewership { concurrentViewers } }',
  start: 'mutation ($userId: ID!) { startWatching(userId: $userId, videoId: "v0") { id } }',
} as const;
