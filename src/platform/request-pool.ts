/**
 * A pool whose connections are handed out in turn to those on whose behalf statements run (`runFor`). What is given up
 * leaves the queue, or is ended in PostgreSQL too. Prisma and hand-written SQL both come through here.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { cancelStatement } from './cancel-statement.ts';
import { DomainError } from './errors.ts';
import { FairQueue } from './fair-queue.ts';
import { currentWork } from './requester.ts';

export interface RequestPoolOptions extends pg.PoolConfig {
  readonly max: number;
  /** How many of them one client's socket can have at a time, and one client over all its sockets; none: all */
  readonly perConnection?: number | undefined;
  readonly perClient?: number | undefined;
  /** How long a connection is waited for, ms; longer is UNAVAILABLE, with nothing begun. None waits until it is given up */
  readonly maxWaitMs?: number | undefined;
}

type Release = (error?: Error | boolean) => void;
type Connected = (error: Error | undefined, client: pg.PoolClient | undefined, release: Release) => void;

const nothing = () => {};
const cancelAgainMs = 250;

export class RequestPool extends pg.Pool {
  readonly #queue: FairQueue;
  readonly #maxWaitMs: number | undefined;

  constructor({ perConnection, perClient, maxWaitMs, ...config }: RequestPoolOptions) {
    super(config);
    this.#queue = new FairQueue({ places: config.max, perConnection, perClient });
    this.#maxWaitMs = maxWaitMs;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<pg.PoolClient> | undefined {
    if (callback) {
      this.#checkOut(callback);
      return undefined;
    }
    return new Promise((resolve, reject) => {
      this.#checkOut((error, client) => (client ? resolve(client) : reject(error)));
    });
  }

  #checkOut(connected: Connected): void {
    const { requester, signal } = currentWork();
    if (signal?.aborted) {
      connected(signal.reason, undefined, nothing);
      return;
    }
    let stopWaiting = nothing;
    const refuse = (error: Error) => {
      stopWaiting();
      leave();
      connected(error, undefined, nothing);
    };
    const givenUp = () => refuse(signal!.reason);
    const timer =
      this.#maxWaitMs === undefined ? undefined : setTimeout(() => refuse(tooBusy()), this.#maxWaitMs);
    stopWaiting = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', givenUp);
    };
    signal?.addEventListener('abort', givenUp);
    let leave = nothing;
    leave = this.#queue.enter(requester, () => {
      stopWaiting();
      super.connect((error, client) => {
        if (client) this.#lend(client, signal, leave);
        else leave();
        if (client && signal?.aborted) client.release();
        if (signal?.aborted) connected(signal.reason, undefined, nothing);
        else connected(error, client, client?.release ?? nothing);
      });
    });
  }

  /** Its release gives the place back too, and a statement that is given up meanwhile is ended. */
  #lend(client: pg.PoolClient, signal: AbortSignal | undefined, giveBack: () => void): void {
    const { release } = client; // the pool makes a new one each time
    let [isReleased, isGivenUp] = [false, false];
    const cancel = async () => {
      isGivenUp = true;
      // again: one that comes before the statement has begun there ends nothing
      while (!isReleased) {
        await cancelStatement(client);
        await delay(cancelAgainMs);
      }
    };
    signal?.addEventListener('abort', cancel, { once: true });
    client.release = (error) => {
      signal?.removeEventListener('abort', cancel);
      isReleased = true;
      // not into other hands: the request to end what it does may be under way still
      release.call(client, error || isGivenUp);
      giveBack();
    };
  }
}

const tooBusy = () =>
  new DomainError('UNAVAILABLE', 'Too many requests are under way. Nothing was done: try again.', {
    retryable: true,
  });
