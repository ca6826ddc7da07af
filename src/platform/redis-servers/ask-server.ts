import { Redis } from 'ioredis';
import type { Access, Endpoint } from './servers.ts';

const patienceMs = 1_000;

/** Asks one server over a connection of its own. Throws within some seconds when it does not answer. */
export async function askServer<Answer>(
  { host, port }: Endpoint,
  access: Access,
  ask: (redis: Redis) => Promise<Answer>,
): Promise<Answer> {
  const redis = new Redis({
    ...{ host, port, ...access },
    connectTimeout: patienceMs,
    commandTimeout: patienceMs,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let cause: Error | undefined;
  redis.on('error', (error) => {
    cause = error; // what the command is refused with says less
  });
  try {
    return await ask(redis);
  } catch (error) {
    throw cause ?? error;
  } finally {
    redis.disconnect();
  }
}
