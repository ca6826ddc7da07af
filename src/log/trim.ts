/** Taking the oldest events of a topic out of Redis: they are served from the outbox from then on. */
import type { Redis } from 'ioredis';
import type { LogKeys } from './keys.ts';

/**
 * A function for scripts. It raises the topic's floor in the same breath, so that no reader takes a trimmed stream for a
 * complete one. The removal comes first: a Redis that is full refuses a script whose first write takes memory.
 */
export const trim = `
local function trim(stream, most, floors, topic)
  redis.call('XTRIM', stream, 'MAXLEN', most)
  local first = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1][1]
  redis.call('HSET', floors, topic, string.format('%.0f', tonumber(string.match(first, '^%d+')) - 1))
end`;

// a log that is gone gets no floors: it would look like one that stands
const halveScript = `${trim}
if redis.call('HEXISTS', KEYS[1], 'incarnation') == 0 then return 0 end
local length = redis.call('XLEN', KEYS[3])
local most = math.max(math.floor(length / 2), tonumber(ARGV[2]))
if length <= most then return 0 end
trim(KEYS[3], most, KEYS[2], ARGV[1])
return length - most`;

/** Takes the older half of a topic's events out of Redis, but for the newest `least`. Gives how many it took. */
export async function halveTopic(redis: Redis, keys: LogKeys, topic: string, least: number): Promise<number> {
  const names = [keys.meta, keys.floors, keys.topic(topic)];
  return Number(await redis.eval(halveScript, names.length, ...names, topic, least));
}
