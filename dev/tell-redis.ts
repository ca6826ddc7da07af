import { Redis } from 'ioredis';
import type { RedisServer } from './redis.ts';

/** Sends one command to the server over a connection of its own. */
export async function tellRedis(
  { url }: Pick<RedisServer, 'url'>,
  command: string,
  ...args: (string | number)[]
): Promise<unknown> {
  const redis = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => null });
  redis.on('error', () => {});
  try {
    return await redis.call(command, ...args);
  } finally {
    redis.disconnect();
  }
}
