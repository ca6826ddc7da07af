import type { Redis } from 'ioredis';
import type { LogKeys } from '../../../src/log/keys.ts';
import { topics } from './model.ts';

/** A log as it stands in Redis, read past our own reader. */
export interface StoredLog {
  readonly through: number;
  readonly streams: ReadonlyMap<string, StoredStream>;
}

export interface StoredStream {
  readonly floor: number;
  readonly entries: readonly { readonly position: number; readonly id: string }[];
}

/** Undefined when Redis holds none. */
export async function readStreamsOf(redis: Redis, keys: LogKeys): Promise<StoredLog | undefined> {
  const [through, floors, ...streams] = await Promise.all([
    redis.hget(keys.meta, 'through'),
    redis.hgetall(keys.floors),
    ...topics.map((topic) => redis.xrange(keys.topic(topic), '-', '+')),
  ]);
  if (through === null) return undefined;
  const stored = topics.map((topic, n): [string, StoredStream] => {
    const entries = streams[n]!.map(([id, fields]) => ({
      position: Number(id.split('-')[0]),
      id: (JSON.parse(fields[1]!) as { id: string }).id,
    }));
    return [topic, { floor: Number(floors[topic] ?? floors['*']), entries }];
  });
  return { through: Number(through), streams: new Map(stored) };
}
