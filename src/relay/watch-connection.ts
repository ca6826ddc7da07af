import type { Redis } from 'ioredis';

export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
}

/**
 * Tells whether a connection was lost since: the Redis that is there again may lack what was acknowledged last, and yet
 * hold all from before. A batch that was added partly to one and partly to the other must not count. A connection leads to
 * one server, also in a Cluster and behind Sentinels: whatever takes its place does so over a new one.
 */
export function watchConnection(redis: Redis): { throwIfLost(): void; [Symbol.dispose](): void } {
  let isLost = false;
  const onClose = () => {
    isLost = true;
  };
  redis.once('close', onClose);
  return {
    throwIfLost() {
      if (isLost) throw new ConnectionLostError('the connection to Redis was lost while jobs were added');
    },
    [Symbol.dispose]: () => redis.off('close', onClose),
  };
}
