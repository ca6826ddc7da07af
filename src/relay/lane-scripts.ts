/**
 * What keeps a consumer's lanes in order in Redis. Each lane is a queue whose global concurrency is 1 while it is open; at
 * 0 it is shut, and nothing is taken from it. Beside the meta data of the first lane stands the state of all: up to which
 * position they hold every event (`through`), and for which marker of the queues that is so (`generation`). It goes with
 * the memory of Redis, and goes back with it, so that no event is ever taken whose predecessor was lost.
 */

const open = `
local function open(meta, wait, active, marker)
  redis.call('HSET', meta, 'concurrency', 1)
  if redis.call('HEXISTS', meta, 'paused') == 1 or redis.call('LLEN', active) > 0 then return end
  if redis.call('LLEN', wait) > 0 then redis.call('ZADD', marker, 0, '0') end
end`;

/**
 * First in the transaction that adds jobs: shuts their lanes, and notes how many jobs there must be in the end if nothing
 * was lost. It must not fail half-way, as the jobs are added after it whatever it finds.
 * KEYS: state, then meta and wait of each lane, then the jobs. ARGV: generation, the position that the lanes must have
 * reached, how many lanes. Gives whether they were whole, and how many of the jobs are there.
 */
export const enterScript = `
local lanes = tonumber(ARGV[3])
local state = redis.pcall('HMGET', KEYS[1], 'aorta.generation', 'aorta.through', 'aorta.restoring')
local whole = not state.err and (state[1] or '') == ARGV[1] and not state[3]
  and tonumber(state[2] or '-1') >= tonumber(ARGV[2])
local due = 0
for n = 1, lanes do
  local concurrency = redis.pcall('HGET', KEYS[2 * n], 'concurrency')
  redis.pcall('HSET', KEYS[2 * n], 'concurrency', 0)
  local length = redis.pcall('LLEN', KEYS[2 * n + 1])
  if concurrency == '0' or type(length) ~= 'number' then whole = false else due = due + length end
end
local there = 0
for n = 2 * lanes + 2, #KEYS do
  if redis.call('EXISTS', KEYS[n]) == 1 then there = there + 1 else due = due + 1 end
end
if whole then redis.pcall('HSET', KEYS[1], 'aorta.due', due) else redis.pcall('HDEL', KEYS[1], 'aorta.due') end
return {whole and 1 or 0, there}`;

/**
 * Last in that transaction: opens the lanes when they hold all that they must, and gives 1; else they stay shut.
 * KEYS: state, then meta, wait, active and marker of each lane. ARGV: the position that they have reached, or nothing.
 */
export const leaveScript = `${open}
local due = redis.call('HGET', KEYS[1], 'aorta.due')
if not due then return 0 end
redis.call('HDEL', KEYS[1], 'aorta.due')
local length = 0
for n = 2, #KEYS, 4 do length = length + redis.call('LLEN', KEYS[n + 1]) end
if length < tonumber(due) then return 0 end
if ARGV[1] ~= '' and tonumber(ARGV[1]) > tonumber(redis.call('HGET', KEYS[1], 'aorta.through') or '-1') then
  redis.call('HSET', KEYS[1], 'aorta.through', ARGV[1])
end
for n = 2, #KEYS, 4 do open(KEYS[n], KEYS[n + 1], KEYS[n + 2], KEYS[n + 3]) end
return 1`;

/**
 * Begins to restore: shuts every lane, and forgets what they hold. A Redis that is full takes it, as the removal comes first.
 * KEYS: state, every meta. ARGV: who restores.
 */
export const shutScript = `
redis.call('HDEL', KEYS[1], 'aorta.generation', 'aorta.through', 'aorta.due')
for n = 2, #KEYS do redis.call('HSET', KEYS[n], 'concurrency', 0) end
redis.call('HSET', KEYS[1], 'aorta.restoring', ARGV[1])`;

/**
 * Removes some of the jobs that wait in a lane, and gives how many; -1 when somebody else restores by now. What runs stays:
 * everything before it is handled. KEYS: state, wait, delayed. ARGV: who restores, the prefix of the lane's keys.
 */
export const emptyScript = `
if redis.call('HGET', KEYS[1], 'aorta.restoring') ~= ARGV[1] then return -1 end
local waiting = redis.call('LRANGE', KEYS[2], -1000, -1)
for _, id in ipairs(waiting) do redis.call('DEL', ARGV[2] .. id) end
if #waiting > 0 then redis.call('LTRIM', KEYS[2], 0, -1 - #waiting) end
local delayed = redis.call('ZRANGE', KEYS[3], 0, 999)
for _, id in ipairs(delayed) do redis.call('DEL', ARGV[2] .. id) end
if #delayed > 0 then redis.call('ZREM', KEYS[3], unpack(delayed)) end
return #waiting + #delayed`;

/**
 * Ends the restoring: the lanes hold everything up to a position. Gives 0 when somebody else restores by now.
 * KEYS: as for leaving, of every lane. ARGV: who restores, generation, position.
 */
export const reopenScript = `${open}
if redis.call('HGET', KEYS[1], 'aorta.restoring') ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], 'aorta.restoring')
redis.call('HSET', KEYS[1], 'aorta.generation', ARGV[2], 'aorta.through', ARGV[3])
for n = 2, #KEYS, 4 do open(KEYS[n], KEYS[n + 1], KEYS[n + 2], KEYS[n + 3]) end
return 1`;

/** Whether no lane is shut, and they reach as far as they must. KEYS: state, every meta. ARGV: generation, position. */
export const openStateScript = `
local state = redis.call('HMGET', KEYS[1], 'aorta.generation', 'aorta.through', 'aorta.restoring')
if (state[1] or '') ~= ARGV[1] or tonumber(state[2] or '-1') < tonumber(ARGV[2]) or state[3] then return 0 end
for n = 2, #KEYS do
  if redis.call('HGET', KEYS[n], 'concurrency') == '0' then return 0 end
end
return 1`;
