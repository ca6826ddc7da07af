/** What Redis holds, read as it stands there: readers would take from the outbox what Redis lacks. */
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { logKeys, queuePrefix } from '../../src/log/keys.ts';
import { readLogRow } from '../../src/outbox/log-row.ts';
import type { JobData } from '../../src/relay/jobs.ts';
import type { World } from './world.ts';

const logName = 'aorta'; // of every role, unless configured

/** A connection of the test's own, ended at the end of the scope. */
export function openAdmin(url: string): Redis & AsyncDisposable {
  const redis = new Redis(url);
  redis.on('error', () => {});
  return Object.assign(redis, { [Symbol.asyncDispose]: async () => redis.disconnect() });
}

/** The events of a topic's stream in its order. */
export async function readStream(
  redis: Redis,
  { database }: World,
  topic: string,
): Promise<readonly { id: string; position: number }[]> {
  const { epoch } = await readLogRow(database.pool);
  const entries = await redis.xrange(logKeys(logName, epoch).topic(topic), '-', '+');
  return entries.map(([entryId, fields]) => ({
    id: (JSON.parse(fields[1]!) as { id: string }).id,
    position: Number(entryId.split('-')[0]),
  }));
}

/** The waiting jobs of a consumer, by position. */
export async function readJobs(
  redis: Redis,
  consumer: string,
): Promise<readonly { id: string; position: number }[]> {
  const queue = new Queue<JobData>(consumer, {
    connection: redis,
    prefix: queuePrefix(logName),
    skipMetasUpdate: true,
  });
  const jobs = await queue.getJobs(['waiting']);
  await queue.close();
  return jobs
    .map(({ id, data }) => ({ id: id!, position: data.position }))
    .sort((a, b) => a.position - b.position);
}

/** Registers a queue consumer of every video event, as a worker does when it starts; nothing takes its jobs. */
export async function registerConsumer({ database }: World, name: string): Promise<void> {
  await database.pool.query(
    `INSERT INTO consumer (name, kind, types, topics, start_position, enqueued_position)
     VALUES ($1, 'QUEUE', '{video.*}', '{video}', 0, 0)`,
    [name],
  );
}
