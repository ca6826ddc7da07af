import { Redis } from 'ioredis';
import { startRedis } from '../dev/redis.ts';
import { messageOf } from '../src/platform/errors.ts';

export interface DemoRedis extends AsyncDisposable {
  readonly url: string;
  /** For the demo's own questions */
  readonly commands: Redis;
}

/**
 * The Redis of the URL, from which everything under `logName` is removed at the end, or else a private server. Throws
 * when the given one does not answer, or when there is none to start and none can be installed.
 */
export async function openDemoRedis(givenUrl: string | undefined, logName: string): Promise<DemoRedis> {
  if (givenUrl) {
    const commands = connect(givenUrl);
    // the call itself fails with no more than that it was tried
    let reason: unknown;
    commands.on('error', (error) => {
      reason = error;
    });
    try {
      await commands.ping();
    } catch (error) {
      commands.disconnect();
      const cause = reason ?? error;
      throw new Error(`the Redis of REDIS_URL does not answer: ${messageOf(cause)}`, { cause });
    }
    return {
      url: givenUrl,
      commands,
      async [Symbol.asyncDispose]() {
        await removeKeys(commands, logName);
        commands.disconnect();
      },
    };
  }
  const server = await startRedis();
  const commands = connect(server.url);
  return {
    url: server.url,
    commands,
    async [Symbol.asyncDispose]() {
      commands.disconnect();
      await server.stop();
    },
  };
}

function connect(url: string): Redis {
  const redis = new Redis(url, { maxRetriesPerRequest: 1, connectTimeout: 5_000 });
  // failures reach the caller through the call itself
  redis.on('error', () => {});
  return redis;
}

/** The log's keys begin with `{name:`, the queues' with `{name-queues}`. */
async function removeKeys(redis: Redis, logName: string): Promise<void> {
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `{${logName}*`, 'COUNT', 1_000);
    if (keys.length > 0) await redis.unlink(...keys);
    cursor = next;
  } while (cursor !== '0');
}
