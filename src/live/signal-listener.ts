/**
 * Listens for the changes of signals. To listen is worth trying and may be refused (a Redis user that lacks the channel)
 * or answered late: what is not heard is read at intervals, and the channel is asked for again with each new connection.
 */
import { RedisPubSub } from 'graphql-redis-subscriptions';
import type { Redis } from 'ioredis';
import { messageOf } from '../platform/errors.ts';
import type { Logger } from '../platform/logger.ts';

export interface SignalListener {
  /** Calls `listening` once the channel is listened to, and `changed` for each message on it. Gives a way to stop. */
  listen(channel: string, callbacks: { listening(): void; changed(): void }): () => void;
  stop(): void;
}

export interface SignalListenerOptions {
  /** Aorta's own connections; the subscriber is in subscriber mode */
  readonly publisher: Redis;
  readonly subscriber: Redis;
  /** The connection is new, and the channels are listened to again: what was told meanwhile was not heard. */
  readonly heardAgain: () => void;
  readonly logger: Logger;
}

export function createSignalListener(options: SignalListenerOptions): SignalListener {
  const { publisher, subscriber, heardAgain, logger } = options;
  const channels = subscribeForgivingly(subscriber, logger);
  const pubsub = new RedisPubSub({ publisher, subscriber: channels.commands });
  const again = () => void channels.subscribeAgain().then(heardAgain);
  // ioredis, when it does so by itself, looks at no answer: one that is refused would end the process
  subscriber.options.autoResubscribe = false;
  subscriber.on('ready', again);
  return {
    listen(channel, { listening, changed }) {
      const subscribed = pubsub.subscribe(channel, changed);
      subscribed.then(listening, () => {});
      return () => void subscribed.then((id) => pubsub.unsubscribe(id)).catch(() => {});
    },
    stop: () => void subscriber.off('ready', again),
  };
}

/**
 * The connection as the library may see it: its commands never fail. Of an error the library makes a rejection of its own
 * that nobody can catch, and keeps what it noted of the subscription.
 */
function subscribeForgivingly(subscriber: Redis, logger: Logger) {
  const wanted = new Set<string>();
  let told = false;
  const subscribe = (channel: string) =>
    subscriber.subscribe(channel).then(
      () => {},
      (error: unknown) => {
        // one line for each connection: clients choose how many channels there are
        if (!told) logger.warn({ channel, error: messageOf(error) }, 'signal.not_heard');
        told = true;
      },
    );
  const commands = {
    on: subscriber.on.bind(subscriber),
    subscribe(channel: string, done: () => void) {
      wanted.add(channel);
      void subscribe(channel).then(done);
    },
    unsubscribe(channel: string) {
      wanted.delete(channel);
      subscriber.unsubscribe(channel).catch(() => {});
    },
    punsubscribe() {}, // patterns are not used
  };
  return {
    commands: commands as unknown as Redis,
    async subscribeAgain() {
      told = false;
      await Promise.all(Array.from(wanted, subscribe));
    },
  };
}
