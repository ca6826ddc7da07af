import type { Redis } from 'ioredis';
import { nudgeChannel } from './keys.ts';

/**
 * Tells the relay that something was committed. At most one message is under way at a time; a call meanwhile sends
 * another after it. Never throws: a lost nudge costs latency only.
 */
export function createNudge(redis: Redis, logName: string): () => void {
  const channel = nudgeChannel(logName);
  let underWay = false;
  let again = false;
  const send = () => {
    underWay = true;
    again = false;
    redis
      .publish(channel, '')
      .catch(() => {})
      .finally(() => {
        underWay = false;
        if (again) send();
      });
  };
  return () => {
    if (underWay) again = true;
    else send();
  };
}
