/**
 * The owner of a log as Redis knows it: the one database whose relay publishes there and whose workers take the jobs. The
 * record stays; beside it stands a key that expires, and says that the owner is alive.
 */
import type { Redis } from 'ioredis';
import type { Beat } from '../outbox/owner-row.ts';
import type { Home } from '../outbox/server-identity.ts';

export interface Owner extends Beat {
  readonly database: string;
  readonly generation: number;
  readonly home: Home;
  /** The relay that took over, for people */
  readonly holder: string;
}

/** In the same slot as each other, under the log's own name. */
export const ownerKey = (logName: string) => `{${logName}:owner}`;
const ownerKeys = (logName: string) => [ownerKey(logName), `${ownerKey(logName)}:alive`] as const;

/** How long an owner that says nothing may still be alive, ms. */
export const silenceMs = 6_000;

/** Undefined when nobody owns the log: Redis is new, or has lost its memory. */
export async function readOwner(redis: Redis, logName: string): Promise<Owner | undefined> {
  const [record] = ownerKeys(logName);
  const fields = await redis.hgetall(record);
  const { database, session, beat, generation, system, oid, holder } = fields;
  if (!session) return undefined;
  return {
    ...{ database: database!, session, holder: holder! },
    ...{ beat: Number(beat), generation: Number(generation) },
    home: { system: system || undefined, oid: oid! },
  };
}

/** Whether it was told of within the last seconds. */
export const isOwnerAlive = async (redis: Redis, logName: string): Promise<boolean> =>
  (await redis.exists(ownerKeys(logName)[1])) === 1;

/** Makes it the owner, unless Redis no longer has `found`: then it changes nothing and gives false. */
export async function replaceOwner(
  redis: Redis,
  logName: string,
  found: Beat | undefined,
  owner: Owner,
): Promise<boolean> {
  const expected = [found?.session ?? '', found === undefined ? '' : String(found.beat)];
  const args = [...expected, silenceMs, ...fieldsOf(owner)];
  return (await redis.eval(replaceScript, 2, ...ownerKeys(logName), ...args)) === 1;
}

/** Tells that the owner is alive, also to a Redis that has lost it. False, and nothing, when another session has it. */
export async function tellOwner(redis: Redis, logName: string, owner: Owner): Promise<boolean> {
  const args = [owner.session, silenceMs, ...fieldsOf(owner)];
  return (await redis.eval(tellScript, 2, ...ownerKeys(logName), ...args)) === 1;
}

const fieldsOf = ({ database, generation, session, beat, home, holder }: Owner): (string | number)[] => [
  ...['database', database, 'generation', generation, 'session', session, 'beat', beat],
  ...['system', home.system ?? '', 'oid', home.oid, 'holder', holder],
];

// allowed when memory is used up: the few bytes are there already, and a full Redis has an owner too
const replaceScript = `#!lua flags=allow-oom
local now = redis.call('HMGET', KEYS[1], 'session', 'beat')
if (now[1] or '') ~= ARGV[1] or (now[2] or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 4))
redis.call('SET', KEYS[2], '', 'PX', ARGV[3])
return 1`;

const tellScript = `#!lua flags=allow-oom
local session = redis.call('HGET', KEYS[1], 'session')
if session and session ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
redis.call('SET', KEYS[2], '', 'PX', ARGV[2])
return 1`;
