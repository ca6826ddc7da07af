/**
 * Publishing to the log in Redis: one atomic, fenced call per batch. A batch is in the log whole or not at all, and a
 * publisher whose view of the log is out of date is told the true state instead of writing.
 */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { LogKeys } from './keys.ts';
import { trim } from './trim.ts';

export interface Batch {
  readonly rows: readonly {
    readonly position: number;
    readonly id: string;
    readonly topic: string;
    readonly envelope: string;
  }[];
  /** The log is complete up to here once the batch is in */
  readonly through: number;
}

/** What Redis holds of the log. */
export interface LogState {
  /** Random, and gone when Redis lost its memory */
  readonly incarnation: string;
  readonly through: number;
  /** Of the publisher that claimed the log last; undefined when none has */
  readonly claim: string | undefined;
  /** The newest event of the log, to be compared with the outbox; undefined while there is none */
  readonly newest: { readonly position: number; readonly id: string } | undefined;
}

export type PublishResult = 'published' | 'fenced';

/** Adds the batch if the log still is as `state` says, else answers 'fenced' and changes nothing. */
export async function publishBatch(
  redis: Redis,
  keys: LogKeys,
  state: LogState,
  batch: Batch,
  maxLength: number,
): Promise<PublishResult> {
  const topics = [...new Set(batch.rows.map((row) => row.topic))];
  const keyIndex = new Map(topics.map((topic, index) => [topic, index + firstTopicKey]));
  const streams = topics.map((topic) => keys.topic(topic));
  const newest = batch.rows.at(-1);
  const entries: (string | number)[] = [];
  for (const row of batch.rows) entries.push(keyIndex.get(row.topic)!, row.position, row.envelope);
  const answer = await redis.eval(
    publishScript,
    3 + streams.length,
    ...[keys.meta, keys.through, keys.floors, ...streams],
    ...[state.incarnation, state.through, batch.through, newest?.position ?? '', newest?.id ?? '', maxLength],
    ...[state.claim ?? '', topics.length, ...topics, ...entries],
  );
  return answer === 'OK' ? 'published' : 'fenced';
}

/** The state of the log, or undefined when Redis holds none. */
export async function readLogState(redis: Redis, keys: LogKeys): Promise<LogState | undefined> {
  const fields = ['incarnation', 'through', 'claim', 'position', 'id'];
  const [incarnation, through, claim, position, id] = await redis.hmget(keys.meta, ...fields);
  if (!incarnation) return undefined;
  return {
    incarnation,
    through: Number(through),
    claim: claim ?? undefined,
    newest: position && id ? { position: Number(position), id } : undefined,
  };
}

/** Takes the log over: every publisher that found it before is answered 'fenced' from here on. */
export async function claimLog(
  redis: Redis,
  keys: LogKeys,
  state: LogState,
  claim: string,
): Promise<LogState> {
  await redis.eval(claimScript, 1, keys.meta, state.incarnation, claim);
  return { ...state, claim };
}

/** Gives the log up, so that a new incarnation begins; leaves one that has gone on meanwhile. */
export async function endLog(redis: Redis, keys: LogKeys, { incarnation, through }: LogState): Promise<void> {
  await redis.eval(endScript, 1, keys.meta, incarnation, through);
}

/**
 * Begins a log that holds nothing up to `floor`; older history is served from the outbox, whose newest event up to there
 * is `newest`. When another publisher was quicker, its log stands and is returned.
 */
export async function beginIncarnation(
  redis: Redis,
  keys: LogKeys,
  floor: number,
  topics: readonly string[],
  newest?: LogState['newest'],
): Promise<LogState> {
  const streams = topics.map((topic) => keys.topic(topic));
  await redis.eval(
    beginScript,
    3 + streams.length,
    ...[keys.meta, keys.through, keys.floors, ...streams],
    ...[randomUUID(), floor, newest?.position ?? '', newest?.id ?? ''],
  );
  const state = await readLogState(redis, keys);
  if (!state) throw new Error('Redis lost the log while it was being started');
  return state;
}

const firstTopicKey = 4; // after meta, through and floors; Lua counts from 1

const publishScript = `${trim}
local state = redis.call('HMGET', KEYS[1], 'incarnation', 'through', 'claim')
if state[1] ~= ARGV[1] or state[2] ~= ARGV[2] or (state[3] or '') ~= ARGV[7] then return 'FENCED' end
local topics = tonumber(ARGV[8])
for i = 9 + topics, #ARGV, 3 do
  redis.call('XADD', KEYS[tonumber(ARGV[i])], ARGV[i + 1] .. '-0', 'e', ARGV[i + 2])
end
redis.call('HSET', KEYS[1], 'through', ARGV[3])
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'position', ARGV[4], 'id', ARGV[5]) end
redis.call('XADD', KEYS[2], 'MAXLEN', '1', ARGV[3] .. '-0', 't', '')
local most = tonumber(ARGV[6])
for t = 1, topics do
  if redis.call('XLEN', KEYS[3 + t]) > most * 1.1 then trim(KEYS[3 + t], most, KEYS[3], ARGV[8 + t]) end
end
return 'OK'`;

const endScript = `
local state = redis.call('HMGET', KEYS[1], 'incarnation', 'through')
if state[1] == ARGV[1] and state[2] == ARGV[2] then redis.call('DEL', KEYS[1]) end`;

// never into a log that is gone: it would look like one that stands
const claimScript = `
if redis.call('HGET', KEYS[1], 'incarnation') == ARGV[1] then redis.call('HSET', KEYS[1], 'claim', ARGV[2]) end`;

const beginScript = `
if redis.call('HEXISTS', KEYS[1], 'incarnation') == 1 then return 'EXISTS' end
redis.call('DEL', unpack(KEYS))
redis.call('HSET', KEYS[1], 'incarnation', ARGV[1], 'through', ARGV[2])
if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'position', ARGV[3], 'id', ARGV[4]) end
redis.call('HSET', KEYS[3], '*', ARGV[2])
if ARGV[2] ~= '0' then redis.call('XADD', KEYS[2], ARGV[2] .. '-0', 't', '') end
return 'OK'`;
