import type { Redis } from 'ioredis';
import { type SignalChanged, signalChannel } from './signal-channel.ts';

/**
 * Of each channel at most one message is under way at a time; a change meanwhile sends another after it. What it tells can
 * be lost, and is late then: watchers read again at intervals. Never throws.
 */
export function createSignalChanged(redis: Redis, logName: string): SignalChanged {
  const underWay = new Map<string, { again: boolean }>();
  const send = (channel: string) => {
    const sent = { again: false };
    underWay.set(channel, sent);
    redis
      .publish(channel, '{}') // what has changed is in the channel's name
      .catch(() => {})
      .finally(() => {
        if (sent.again) send(channel);
        else underWay.delete(channel);
      });
  };
  return (signal, about) => {
    const channel = signalChannel(logName, signal, about);
    const sent = underWay.get(channel);
    if (sent) sent.again = true;
    else send(channel);
  };
}
