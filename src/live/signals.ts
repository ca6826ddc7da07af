/**
 * Signals: what is true now, then each change. Changes are told through Redis Pub/Sub, which may lose some, so the value
 * is also read again on every reconnect and at intervals while anybody watches: a lost message is late, never stale for
 * ever. Watchers of the same value share one reading of it.
 */
import type { Redis } from 'ioredis';
import { type Containment, containTo } from '../platform/contained.ts';
import { contained, DomainError } from '../platform/errors.ts';
import { logged } from '../platform/failures/text.ts';
import { type Key, type KeyPart, keyOf } from '../platform/key.ts';
import type { Logger } from '../platform/logger.ts';
import { limitConcurrency } from './concurrency-limit.ts';
import { signalChannel } from './signal-channel.ts';
import { createSignalListener } from './signal-listener.ts';

export interface SignalWatch<Value> {
  /** The signal's name: whose changes are listened to */
  readonly signal: string;
  /** What of the signal the value is about: changes of anything else are not even heard */
  readonly about?: string;
  /** What tells this value from others of the signal, such as its arguments: those that are not given as null */
  readonly key: readonly KeyPart[];
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
  const limited = limitConcurrency(readsAtOnce);
  const values = new Map<Key, SharedValue<unknown>>();
  const readAllAgain = () => {
    for (const value of values.values()) value.changed();
  };
  const listener = createSignalListener({ publisher, subscriber, heardAgain: readAllAgain, logger });

  const share = <Value>(watch: SignalWatch<Value>): SharedValue<Value> => {
    const name = keyOf(watch.signal, watch.about ?? null, watch.key);
    const known = values.get(name) as SharedValue<Value> | undefined;
    if (known) return known;
    const read = () => limited(watch.read);
    const value = new SharedValue({ ...watch, read }, logger, () => {
      values.delete(name);
      stopListening();
    });
    const changed = () => value.changed();
    // between its first reading and when it is listened to, nobody heard
    const stopListening = listener.listen(signalChannel(logName, watch.signal, watch.about), {
      listening: changed,
      changed,
    });
    values.set(name, value as SharedValue<unknown>);
    return value;
  };

  return {
    watch: (watch, watcher) => share(watch).watch(watcher),
    get size() {
      return values.size;
    },
    async stop() {
      listener.stop();
      for (const value of [...values.values()]) value.stop();
    },
  };
}

/** One value, read for all who watch it. */
class SharedValue<Value> {
  readonly #watch: SignalWatch<Value>;
  readonly #logger: Logger;
  readonly #onUnwatched: () => void;
  readonly #watchers = new Map<SignalWatcher<Value>, Containment>();
  readonly #containment: Containment;
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
    this.#containment = containTo(`signal ${watch.signal}`, logger, () => this.stop(contained()));
    this.#readAgain();
  }

  /** The value may have changed: it is read soon, and at most once per 100 ms. */
  changed(): void {
    if (this.#reading) this.#changedWhileReading = true;
    else this.#schedule(Math.max(0, this.#readAt + conflateMs - Date.now()));
  }

  watch(watcher: SignalWatcher<Value>): SignalSubscription {
    const leave = () => {
      if (this.#watchers.delete(watcher) && this.#watchers.size === 0) this.stop();
    };
    this.#watchers.set(
      watcher,
      containTo(`watcher of signal ${this.#watch.signal}`, this.#logger, () => {
        leave();
        watcher.ended(contained());
      }),
    );
    if (this.#latest) this.#tell(this.#latest.value, [watcher]);
    return { leave };
  }

  stop(error?: DomainError): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#onUnwatched();
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const [watcher, { wrap }] of watchers) wrap(() => watcher.ended(error))();
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
        this.#tell(value, [...this.#watchers.keys()]);
      }
    } catch (error) {
      // the value cannot be asked for: its arguments are not right
      if (error instanceof DomainError && !error.retryable) return this.stop(error);
      this.#logger.warn({ signal: this.#watch.signal, ...logged(error) }, 'signal.read_failed');
    }
    this.#reading = false;
    this.#schedule(this.#changedWhileReading ? conflateMs : (this.#watch.everyMs ?? defaultEveryMs));
  }

  /** A watcher that cannot take it keeps it from no other. */
  #tell(value: Value, watchers: readonly SignalWatcher<Value>[]): void {
    for (const watcher of watchers) this.#watchers.get(watcher)?.wrap(() => watcher.changed(value))();
  }

  #schedule(ms: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#readAgain(), ms);
  }

  #readAgain(): void {
    this.#containment.wrap(() => this.#read())();
  }
}
