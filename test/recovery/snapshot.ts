import { Redis } from 'ioredis';
import type { RedisServer } from '../../dev/redis.ts';

export interface Snapshot {
  /** Brings the keys back as they were, all at once: what was written to them since then is lost. */
  restore(): Promise<void>;
}

/** What Redis holds now under the pattern, in one moment. */
export async function takeSnapshot(server: RedisServer, pattern = '*'): Promise<Snapshot> {
  const kept = await ask(server, (redis) => redis.callBuffer('EVAL', keep, '0', pattern));
  return {
    async restore() {
      await ask(server, (redis) => redis.call('EVAL', bringBack, '0', pattern, ...(kept as Buffer[])));
    },
  };
}

const keep = `
local kept = {}
for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
  for _, value in ipairs({key, tostring(math.max(0, redis.call('PTTL', key))), redis.call('DUMP', key)}) do
    table.insert(kept, value)
  end
end
return kept`;

const bringBack = `
for _, key in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', key) end
for i = 2, #ARGV, 3 do redis.call('RESTORE', ARGV[i], ARGV[i + 1], ARGV[i + 2]) end`;

/** Runs one question on a connection of its own. */
export async function ask<Answer>(
  { url }: Pick<RedisServer, 'url'>,
  question: (redis: Redis) => Promise<Answer>,
): Promise<Answer> {
  const redis = new Redis(url);
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}
