/** A Redis that writes every command to disk, and can lose what it wrote. */
import { cp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Redis } from 'ioredis';
import { type RedisServer, startRedis } from '../dev/redis.ts';

export interface ChaosRedis extends AsyncDisposable {
  readonly server: RedisServer;
  flush(): Promise<void>;
  /** Remembers what Redis holds now, for `rollBack`. */
  remember(): Promise<void>;
  /** Ends it by `kill -9`, and starts it as it was when `remember` was called: what it wrote since then is lost. */
  rollBack(): Promise<void>;
  /** Forgets everything; to be called while it is down. */
  forget(): Promise<void>;
}

// rewriting the log of commands would replace the files that `remember` copies
const settings = ['auto-aof-rewrite-percentage 0'];

export async function startChaosRedis(): Promise<ChaosRedis> {
  const server = await startRedis({ appendonly: true, settings });
  const folder = await ask(server, async (redis) =>
    String(((await redis.config('GET', 'dir')) as string[])[1]),
  );
  const log = path.join(folder, 'appendonlydir');
  const older = path.join(folder, 'older');
  return {
    server,
    flush: () => ask(server, async (redis) => void (await redis.flushall())),
    async remember() {
      await rm(older, { recursive: true, force: true });
      // what is written meanwhile may be cut anywhere, which Redis takes for the end of a log after a crash
      await cp(log, older, { recursive: true });
    },
    async rollBack() {
      await server.kill();
      await rm(log, { recursive: true });
      await rename(older, log);
      await server.start();
    },
    forget: () => rm(log, { recursive: true }),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

async function ask<Answer>(
  server: RedisServer,
  question: (redis: Redis) => Promise<Answer>,
): Promise<Answer> {
  const redis = new Redis(server.url);
  redis.on('error', () => {});
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}
