/**
 * Signals: what is true now, then each change. Changes are told through Redis Pub/Sub, which may lose some, so the value
 * is also read again on every reconnect and at intervals while anybody watches: a lost message is late, never stale for
 * ever. Watchers of the same value share one reading of it.
 */
import { RedisPubSub } from 'graphql-redis-subscriptions';
import type { Redis } from 'ioredis';
import { DomainError } from '../platform/errors.ts';
import { logged } from '../platform/failures/text.ts';
import type { Logger } from '../platform/logger.ts';
import { signalChannel } from './signal-channel.ts';
import { createTurnstile } from './turnstile.ts';

export interface SignalWatch<Value> {
  /** The signal's name: whose changes are listened to */
  readonly signal: string;
  /** What of the signal the value is about: changes of anything else are not even heard */
  readonly about?: string;
  /** What tells this value from others of the signal, such as its arguments */
  readonly key: string;
  readonly read: () => Promise<Value>;
  /** Pause between readings when no change is told, ms */
  readonly everyMs?: number;
  /** Parts of the value that change without meaning, left out when two values are compared */
  readonly significant?: (value: Value) => unknown;
}

export interface Signals {
  /** Tells of the value of now, as soon as it is read, and then of each change. */
  watch<Value>(watch: SignalWatch<Value>, watcher: SignalWatcher<Value>): SignalSubscription;
  /** Values that are being watched */
  readonly size: number;
  stop(): Promise<void>;
}

export interface SignalWatcher<Value> {
  /** The value is this now. */
  changed(value: Value): void;
  /** Nothing more will come: the value was refused, or (without an error) the process is stopping. */
  ended(error?: DomainError): void;
}

export interface SignalSubscription {
  leave(): void;
}

export interface SignalsOptions {
  /** Both are Aorta's own connections; the subscriber is in subscriber mode */
  readonly publisher: Redis;
  readonly subscriber: Redis;
  readonly logName: string;
  readonly logger: Logger;
}

const conflateMs = 100;
const readsAtOnce = 8; // of the values that one change may touch: they take turns, and are late rather than a load
const defaultEveryMs = 5_000;

export function createSignals({ publisher, subscriber, logName, logger }: SignalsOptions): Signals {
  forgiveUnsubscribing(subscriber);
  const pubsub = new RedisPubSub({ publisher, subscriber });
  const turnstile = createTurnstile(readsAtOnce);
  const values = new Map<string, SharedValue<unknown>>();
  const readAllAgain = () => {
    for (const value of values.values()) value.changed();
  };
  subscriber.on('ready', readAllAgain);

  const share = <Value>(watch: SignalWatch<Value>): SharedValue<Value> => {
    const name = `${watch.signal} ${watch.key}`;
    const known = values.get(name) as SharedValue<Value> | undefined;
    if (known) return known;
    const read = () => turnstile(watch.read);
    const value = new SharedValue({ ...watch, read }, logger, () => {
      values.delete(name);
      void listening.then((id) => pubsub.unsubscribe(id)).catch(() => {});
    });
    const listening = pubsub.subscribe(signalChannel(logName, watch.signal, watch.about), () =>
      value.changed(),
    );
    listening.then(
      () => value.changed(), // between its first reading and now, nobody heard
      // without it the value is still read at intervals
      (error) => logger.warn({ signal: watch.signal, ...logged(error) }, 'signal.not_heard'),
    );
    values.set(name, value as SharedValue<unknown>);
    return value;
  };

  return {
    watch: (watch, watcher) => share(watch).watch(watcher),
    get size() {
      return values.size;
    },
    async stop() {
      subscriber.off('ready', readAllAgain);
      for (const value of [...values.values()]) value.stop();
    },
  };
}

/**
 * The library unsubscribes and looks at no answer: that none comes, as when the process ends while Redis is away, must not
 * end up as a rejection that nobody handles.
 */
function forgiveUnsubscribing(subscriber: Redis): void {
  for (const command of ['unsubscribe', 'punsubscribe'] as const) {
    const send = subscriber[command].bind(subscriber);
    subscriber[command] = ((...channels: string[]) => {
      const answer = send(...channels);
      answer.catch(() => {});
      return answer;
    }) as Redis[typeof command];
  }
}

/** One value, read for all who watch it. */
class SharedValue<Value> {
  readonly #watch: SignalWatch<Value>;
  readonly #logger: Logger;
  readonly #onUnwatched: () => void;
  readonly #watchers = new Set<SignalWatcher<Value>>();
  #latest: { readonly value: Value; readonly text: string } | undefined;
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

  watch(watcher: SignalWatcher<Value>): SignalSubscription {
    this.#watchers.add(watcher);
    if (this.#latest) watcher.changed(this.#latest.value);
    return {
      leave: () => {
        if (this.#watchers.delete(watcher) && this.#watchers.size === 0) this.stop();
      },
    };
  }

  stop(error?: DomainError): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#onUnwatched();
    for (const watcher of [...this.#watchers]) watcher.ended(error);
    this.#watchers.clear();
  }

  async #read(): Promise<void> {
    this.#reading = true;
    this.#changedWhileReading = false;
    this.#readAt = Date.now();
    try {
      const value = await this.#watch.read();
      const text = JSON.stringify(this.#watch.significant?.(value) ?? value);
      if (text !== this.#latest?.text) {
        this.#latest = { value, text };
        for (const watcher of [...this.#watchers]) watcher.changed(value);
      }
    } catch (error) {
      // the value cannot be asked for: its arguments are not right
      if (error instanceof DomainError && !error.retryable) return this.stop(error);
      this.#logger.warn({ signal: this.#watch.signal, ...logged(error) }, 'signal.read_failed');
    }
    this.#reading = false;
    this.#schedule(this.#changedWhileReading ? conflateMs : (this.#watch.everyMs ?? defaultEveryMs));
  }

  #schedule(ms: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#read(), ms);
  }
}
