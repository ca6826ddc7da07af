/**
 * Signals: what is true now, then each change. Changes are told through Redis Pub/Sub, which may lose some, so the value
 * is also read again on every reconnect and at intervals while anybody watches: a lost message is late, never stale for
 * ever. Watchers of the same value share one reading of it.
 */
import { RedisPubSub } from 'graphql-redis-subscriptions';
import type { Redis } from 'ioredis';
import { DomainError, messageOf } from '../platform/errors.ts';
import type { Logger } from '../platform/logger.ts';
import { signalChannel } from './signal-channel.ts';
import type { LiveSource } from './subscribe.ts';

export interface SignalWatch<Value> {
  /** The signal's name: whose changes are listened to */
  readonly signal: string;
  /** What tells this value from others of the signal, such as its arguments */
  readonly key: string;
  readonly read: () => Promise<Value>;
  /** Pause between readings when no change is told, ms */
  readonly everyMs?: number;
  /** Parts of the value that change without meaning, left out when two values are compared */
  readonly significant?: (value: Value) => unknown;
}

export interface Signals {
  watch<Value>(watch: SignalWatch<Value>): LiveSource<Value>;
  /** Values that are being watched */
  readonly size: number;
  stop(): Promise<void>;
}

export interface SignalsOptions {
  /** Both are Aorta's own connections; the subscriber is in subscriber mode */
  readonly publisher: Redis;
  readonly subscriber: Redis;
  readonly logName: string;
  readonly logger: Logger;
}

const conflateMs = 100;
const defaultEveryMs = 5_000;

export function createSignals({ publisher, subscriber, logName, logger }: SignalsOptions): Signals {
  const pubsub = new RedisPubSub({ publisher, subscriber });
  const values = new Map<string, SharedValue<unknown>>();
  const readAllAgain = () => {
    for (const value of values.values()) value.changed();
  };
  subscriber.on('ready', readAllAgain);

  const share = <Value>(watch: SignalWatch<Value>): SharedValue<Value> => {
    const name = `${watch.signal} ${watch.key}`;
    const known = values.get(name) as SharedValue<Value> | undefined;
    if (known) return known;
    const value = new SharedValue(watch, logger, () => {
      values.delete(name);
      void listening.then((id) => pubsub.unsubscribe(id)).catch(() => {});
    });
    const listening = pubsub.subscribe(signalChannel(logName, watch.signal), () => value.changed());
    // without it the value is still read at intervals
    listening.catch((error) =>
      logger.warn({ signal: watch.signal, error: messageOf(error) }, 'signal.not_heard'),
    );
    values.set(name, value as SharedValue<unknown>);
    return value;
  };

  return {
    watch: (watch) => share(watch).watch(),
    get size() {
      return values.size;
    },
    async stop() {
      subscriber.off('ready', readAllAgain);
      for (const value of [...values.values()]) value.stop();
    },
  };
}

/** One value, read for all who watch it. */
class SharedValue<Value> {
  readonly #watch: SignalWatch<Value>;
  readonly #logger: Logger;
  readonly #onUnwatched: () => void;
  readonly #watchers = new Set<() => void>();
  #latest: { readonly value: Value; readonly version: number; readonly text: string } | undefined;
  /** The value cannot be asked for: its arguments are not right */
  #refusal: DomainError | undefined;
  #reading = false;
  #changedWhileReading = false;
  #readAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(watch: SignalWatch<Value>, logger: Logger, onUnwatched: () => void) {
    this.#watch = watch;
    this.#logger = logger;
    this.#onUnwatched = onUnwatched;
    void this.#read();
  }

  /** The value may have changed: it is read soon, and at most once per 100 ms. */
  changed(): void {
    if (this.#reading) this.#changedWhileReading = true;
    else this.#schedule(Math.max(0, this.#readAt + conflateMs - Date.now()));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#onUnwatched();
    for (const wake of [...this.#watchers]) wake();
  }

  /**
   * Each change from now on, the value of now first; a slow watcher gets the newest and skips what came between. Throws
   * the DomainError with which the value was refused.
   */
  watch(): LiveSource<Value> {
    let seen = 0;
    let left = false;
    let wake = () => {};
    const onChange = () => wake();
    this.#watchers.add(onChange);
    const leave = () => {
      if (left) return;
      left = true;
      this.#watchers.delete(onChange);
      wake();
      if (this.#watchers.size === 0 && !this.#stopped) this.stop();
    };
    const source: LiveSource<Value> = {
      next: async () => {
        while (!left && !this.#stopped) {
          if (this.#refusal) throw this.#refusal;
          const latest = this.#latest;
          if (latest && latest.version > seen) {
            seen = latest.version;
            return { done: false, value: { value: latest.value } };
          }
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        return { done: true, value: undefined };
      },
      async return() {
        leave();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => source,
    };
    return source;
  }

  async #read(): Promise<void> {
    this.#reading = true;
    this.#changedWhileReading = false;
    this.#readAt = Date.now();
    try {
      const value = await this.#watch.read();
      const text = JSON.stringify(this.#watch.significant?.(value) ?? value);
      if (text !== this.#latest?.text) {
        this.#latest = { value, text, version: (this.#latest?.version ?? 0) + 1 };
        for (const wake of [...this.#watchers]) wake();
      }
    } catch (error) {
      if (error instanceof DomainError && !error.retryable) return this.#refuse(error);
      this.#logger.warn({ signal: this.#watch.signal, error: messageOf(error) }, 'signal.read_failed');
    }
    this.#reading = false;
    this.#schedule(this.#changedWhileReading ? conflateMs : (this.#watch.everyMs ?? defaultEveryMs));
  }

  /** Ends every watch with the refusal; it is not read again. */
  #refuse(refusal: DomainError): void {
    this.#refusal = refusal;
    for (const wake of [...this.#watchers]) wake();
  }

  #schedule(ms: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#read(), ms);
  }
}
