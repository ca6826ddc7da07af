/** Queue consumers and their jobs, as a test of the queue sink sees them. */
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { queuePrefix } from '../../src/log/keys.ts';
import { envelopeJson } from '../../src/outbox/envelope-sql.ts';
import { newestPosition } from '../../src/outbox/head.ts';
import type { JobData } from '../../src/relay/jobs.ts';
import { insert } from '../outbox/support.ts';
import { until } from '../support/until.ts';
import { logged, type RelayWorld } from './support.ts';

/** Registers a consumer, as a worker does when it starts. */
export async function register(
  { pool }: RelayWorld,
  name: string,
  { start = 0, types = ['test.*'], lanes = 0, orderedBy = 'aggregate' } = {},
): Promise<void> {
  await pool.query(
    `INSERT INTO consumer (name, kind, types, topics, start_position, enqueued_position, lanes, ordered_by)
     VALUES ($1, 'QUEUE', $2, '{test}', $3, $3, $4, $5)`,
    [name, types, start, lanes, lanes > 0 ? orderedBy : null],
  );
}

/** A consumer's queue as BullMQ shows it; to be closed. */
export const openQueue = ({ redis, logName }: RelayWorld, consumer: string) =>
  new Queue<JobData>(consumer, { connection: redis, prefix: queuePrefix(logName), skipMetasUpdate: true });

/** The ids of the jobs that wait in a queue, the next one first. */
export async function waitingIn({ redis, logName }: RelayWorld, queue: string): Promise<string[]> {
  return (await redis.lrange(`${queuePrefix(logName)}:${queue}:wait`, 0, -1)).reverse();
}

/** Takes the queues and their marker away from Redis, and nothing else. */
export const loseQueues = ({ redis, logName }: RelayWorld) =>
  redis.eval(
    "for _, key in ipairs(redis.call('KEYS', '*')) do if key:sub(1, #ARGV[1]) == ARGV[1] then redis.call('DEL', key) end end",
    0,
    queuePrefix(logName),
  );

/** The jobs of a consumer that wait: nothing takes them here. */
export async function jobsOf(world: RelayWorld, consumer: string) {
  const queue = openQueue(world, consumer);
  const jobs = await queue.getJobs(['waiting']);
  await queue.close();
  return jobs.sort((a, b) => a.data.position - b.data.position);
}

/** Their ids, in the order of positions */
export const idsOf = async (world: RelayWorld, consumer: string) =>
  (await jobsOf(world, consumer)).map((job) => job.id);
/** The ids of what was committed, in the order of the log */
export const loggedIds = async ({ pool }: RelayWorld, above = 0) =>
  (await logged(pool)).filter(({ position }) => position > above).map(({ id }) => id);

/** How far a consumer's events have been enqueued. */
export async function enqueuedTo({ pool }: RelayWorld, consumer: string): Promise<number> {
  const { rows } = await pool.query('SELECT enqueued_position AS at FROM consumer WHERE name = $1', [
    consumer,
  ]);
  return rows[0].at;
}

export const allEnqueued = (world: RelayWorld, consumer: string) =>
  until(async () => (await enqueuedTo(world, consumer)) === (await newestPosition(world.pool)), {
    message: `everything is enqueued for ${consumer}`,
  });

/** Writes events of one aggregate. */
export const write = ({ pool }: RelayWorld, from: number, to: number) =>
  pool.query(insert('a', ...Array.from({ length: to - from + 1 }, (_, n) => from + n)));

/** Notes an event as given up, as a worker does, with a copy of the event. */
export const die = ({ pool }: RelayWorld, consumer: string, position: number) =>
  pool.query(
    `INSERT INTO dead_letter (id, consumer, event_id, position, correlation_id, event, error, attempts)
     SELECT gen_random_uuid(), $1, id, position, 'test', (${envelopeJson})::jsonb, 'poison', 5 FROM outbox WHERE position = $2`,
    [consumer, position],
  );

/** Takes every job of the queues, as a worker process does, and notes its id. */
export function work({ server, logName }: RelayWorld, ...queues: string[]) {
  const ids: string[] = [];
  const connection = new Redis(server.url, { maxRetriesPerRequest: null });
  connection.on('error', () => {});
  const workers = queues.map(
    (queue) =>
      new Worker(
        queue,
        async ({ id }) => {
          ids.push(id!);
        },
        { connection, prefix: queuePrefix(logName), removeOnComplete: { count: 0 } },
      ),
  );
  for (const worker of workers) worker.on('error', () => {});
  return {
    ids,
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker.close(true)));
      connection.disconnect();
    },
  };
}
