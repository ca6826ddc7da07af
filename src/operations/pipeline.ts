/** How far the path of events is behind, part by part. */
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { logKeys } from '../log/keys.ts';
import { readLogRow } from '../outbox/log-row.ts';
import { type ConsumerStatus, readConsumerStatuses } from './consumer-status.ts';
import { answered, type Queues } from './queues.ts';

export interface Pipeline {
  /** Committed events that are not published yet; counted up to a million */
  readonly outboxLag: number;
  readonly oldestUnpublishedSeconds: number;
  readonly relayLeader: string | null;
  readonly streams: readonly StreamStatus[];
  readonly consumers: readonly ConsumerStatus[];
}

export interface StreamStatus {
  readonly topic: string;
  /** Events in Redis; older ones are in the outbox */
  readonly length: number;
  readonly lastCursor: string | null;
}

export interface PipelineSources {
  readonly pool: Pool;
  /** For commands: fails soon while Redis is away */
  readonly redis: Redis;
  readonly queues: Queues;
  readonly logName: string;
  readonly topics: readonly string[];
  /** How far the log is published */
  readonly through: () => Promise<number>;
  /** Who leads the relay, if anybody does */
  readonly relayLeader: () => Promise<string | null>;
  /** A place in the log as clients hold it */
  readonly encodeCursor: (epoch: string, position: number) => string;
}

/**
 * Reads one part after the other, against the flow: an event that moves on meanwhile is shown by the next part, and
 * one that is shown nowhere as waiting is in its stream. Throws UNAVAILABLE while Redis is away.
 */
export async function readPipeline(sources: PipelineSources): Promise<Pipeline> {
  const { pool, queues, through, relayLeader } = sources;
  const { epoch } = await readLogRow(pool);
  const consumers = await readConsumerStatuses(pool, queues);
  // after the consumers: what one of them has recorded and is done with by then is in the outbox, or in its stream
  const [unpublished, leader] = await Promise.all([
    through().then((at) => readUnpublished(pool, at)),
    relayLeader(),
  ]);
  const streams = await answered(readStreamStatuses(sources, epoch)); // and what is published by now is in its stream
  return {
    outboxLag: unpublished.events,
    oldestUnpublishedSeconds: unpublished.seconds,
    relayLeader: leader,
    streams,
    consumers,
  };
}

async function readUnpublished(pool: Pool, through: number): Promise<{ events: number; seconds: number }> {
  const { rows } = await pool.query<{ events: number; seconds: number }>(
    `SELECT count(*) AS events,
            coalesce(greatest(0, extract(epoch FROM now() - min(occurred_at))), 0)::float8 AS seconds
       FROM (SELECT occurred_at FROM outbox WHERE position > $1 LIMIT 1000000) AS unpublished`,
    [through],
  );
  return rows[0]!;
}

async function readStreamStatuses(
  { redis, logName, topics, encodeCursor }: PipelineSources,
  epoch: string,
): Promise<readonly StreamStatus[]> {
  const keys = logKeys(logName, epoch);
  return Promise.all(
    topics.map(async (topic) => {
      const stream = keys.topic(topic);
      const [length, newest] = await Promise.all([
        redis.xlen(stream),
        redis.xrevrange(stream, '+', '-', 'COUNT', 1),
      ]);
      const id = newest[0]?.[0];
      return { topic, length, lastCursor: id ? encodeCursor(epoch, Number.parseInt(id, 10)) : null };
    }),
  );
}
