/** A process that is started again whenever it has ended, as an orchestrator does. */
import { setTimeout as delay } from 'node:timers/promises';
import { startTcpProxy, type TcpProxy } from '../dev/tcp-proxy.ts';
import { reachable } from './faults.ts';

/** One run of its program. */
export interface Launched {
  /** Settles when it does its work, with the URL that it serves, if it serves one; rejects when it ends before */
  readonly ready: Promise<string | undefined>;
  readonly exited: Promise<unknown>;
  signal(signal: NodeJS.Signals): void;
  /** Asks it to end, and waits until it has. */
  stop(): Promise<unknown>;
  /** The newest lines that it logged, for when it ends by itself */
  readonly lastLines: () => readonly string[];
}

export interface InstanceOptions {
  readonly name: string;
  readonly launch: (options: { readonly clockAheadMs: number }) => Launched;
}

export interface Instance extends AsyncDisposable {
  readonly name: string;
  /** Settles when it was ready for the first time; rejects when it did not start then. */
  readonly firstReady: Promise<void>;
  /** Where its clients find it: a proxy in front of it, another one after every start; undefined while it is down */
  readonly front: TcpProxy | undefined;
  /** What it serves, through that */
  readonly url: string | undefined;
  /** How often it ended without having been told to after it was ready, with what it said last */
  readonly endedByItself: readonly string[];
  /** Ends it by `kill -9`; it stays down until `bringUp`. */
  takeDown(): Promise<void>;
  bringUp(): void;
  /** Freezes it, or lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Stops it cleanly and starts it again with such a clock. */
  restart(options: { readonly clockAheadMs: number }): Promise<void>;
}

const restartMs = 300;

/** Starts it, and again until it is disposed. */
export function startInstance({ name, launch }: InstanceOptions): Instance {
  const firstReady = Promise.withResolvers<void>();
  firstReady.promise.catch(() => {});
  const endedByItself: string[] = [];
  let clockAheadMs = 0;
  let current: Launched | undefined;
  let toldToEnd: Launched | undefined;
  let front: TcpProxy | undefined;
  let url: string | undefined;
  let held = false;
  let stopped = false;
  let released = Promise.withResolvers<void>();

  const runOnce = async () => {
    const launched = launch({ clockAheadMs });
    current = launched;
    let wasReady = false;
    const opened = launched.ready.then(
      async (served) => {
        wasReady = true;
        if (served !== undefined) {
          front = await startTcpProxy({ to: served });
          url = front.through(served);
        }
        firstReady.resolve();
      },
      (error) => firstReady.reject(error),
    );
    await launched.exited;
    await opened;
    url = undefined;
    await front?.stop();
    front = undefined;
    current = undefined;
    if (wasReady && toldToEnd !== launched) endedByItself.push(launched.lastLines().join('\n'));
  };
  const run = async () => {
    while (!stopped) {
      if (held) await released.promise;
      else await runOnce();
      if (!stopped && !held) await delay(restartMs);
    }
  };
  const finished = run();
  const hold = () => {
    held = true;
    released = Promise.withResolvers();
  };
  const release = () => {
    held = false;
    released.resolve();
  };
  const end = async () => {
    toldToEnd = current;
    current?.signal('SIGKILL');
    await toldToEnd?.exited;
  };
  return {
    name,
    firstReady: firstReady.promise,
    get front() {
      return front;
    },
    get url() {
      return url;
    },
    endedByItself,
    async takeDown() {
      hold();
      await end();
    },
    bringUp: release,
    signal: (signal) => current?.signal(signal),
    async restart(options) {
      hold();
      clockAheadMs = options.clockAheadMs;
      toldToEnd = current;
      await toldToEnd?.stop();
      release();
    },
    async [Symbol.asyncDispose]() {
      stopped = true;
      release();
      await end();
      await finished;
    },
  };
}

/** The endpoint of any api that is up, as a load balancer would choose it. Throws while there is none. */
export function chooseApi(instances: ReadonlyMap<string, Instance>): string {
  const urls = reachable.api.flatMap((name) => instances.get(name)?.url ?? []);
  const url = urls[Math.floor(Math.random() * urls.length)];
  if (url === undefined) throw new Error('no api is up');
  return url;
}
