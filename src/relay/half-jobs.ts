/**
 * BullMQ's script writes a job's hash before it puts the job into a list. When Redis refuses a command between the two,
 * half a job is left: nobody would ever take it, and adding it again changes nothing.
 */
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';

const listed = ['wait', 'active', 'paused'] as const;
const scored = ['delayed', 'prioritized', 'completed', 'failed', 'waiting-children'] as const;

/**
 * Removes those of the jobs that are there by half, and gives their ids. One call, so that a job cannot move from a list
 * to another meanwhile. Jobs wait in the order in which they were added: what stands beside one that was found is not
 * searched for, so that some thousand jobs are soon checked in a queue of a million.
 */
export async function removeHalves(redis: Redis, queue: Queue, ids: readonly string[]): Promise<string[]> {
  const keys = [...listed, ...scored, ...ids].map((name) => queue.toKey(name));
  return (await redis.eval(removeScript, keys.length, ...keys, ...ids)) as string[];
}

const removeScript = `
local lists, sets = ${listed.length}, ${scored.length}
local beside = 2 * #ARGV
local whole, halves = {}, {}

local function isListed(key, id)
  local at = redis.call('LPOS', key, id, 'RANK', -1)
  if not at then return false end
  for _, other in ipairs(redis.call('LRANGE', key, math.max(0, at - beside), at + beside)) do whole[other] = true end
  return true
end

local function isWhole(id)
  if whole[id] then return true end
  for n = lists + 1, lists + sets do
    if redis.call('ZSCORE', KEYS[n], id) then return true end
  end
  for n = 1, lists do
    if isListed(KEYS[n], id) then return true end
  end
  return false
end

for n, id in ipairs(ARGV) do
  local key = KEYS[lists + sets + n]
  if redis.call('EXISTS', key) == 1 and not isWhole(id) then
    redis.call('DEL', key)
    halves[#halves + 1] = id
  end
end
return halves`;
