/** Parts of a relay alone: no relay that has them can be faster. */
import { Queue } from 'bullmq';
import { logKeys, queuePrefix } from '../../src/log/keys.ts';
import { beginIncarnation, publishBatch } from '../../src/log/publish.ts';
import { readLogRow } from '../../src/outbox/log-row.ts';
import type { OutboxRow } from '../../src/outbox/read-outbox.ts';
import type { Contestant } from './contestant.ts';
import { consumer } from './ours.ts';
import { logName, type RelayWorld } from './world.ts';

/** The backlog, read in batches as the stream sink reads it, and nothing done with it. */
export function selectAlone(events: number): Contestant {
  return {
    name: 'batched SELECT alone',
    events,
    prepare: async (world) => async () => {
      await world.read(events, world.batchSize);
      return undefined;
    },
  };
}

/** Batches that are already read, each published in one call of the script. */
export function luaAlone(events: number): Contestant {
  return {
    name: 'Lua call alone',
    events,
    async prepare(world) {
      const { pool, redis, topics, streamMaxLength } = world;
      const batches = await readBatches(world, events, world.batchSize);
      const keys = logKeys(logName, (await readLogRow(pool)).epoch);
      let state = await beginIncarnation(redis, keys, 0, topics);
      return async () => {
        for (const rows of batches) {
          const through = rows.at(-1)!.position;
          await publishBatch(redis, keys, state, { rows, through }, streamMaxLength);
          state = { ...state, through };
        }
        return undefined;
      };
    },
  };
}

/** The same batches, each a pipeline of XADDs: it cannot be fenced, and a refused command leaves a hole. */
export function pipelineAlone(events: number): Contestant {
  return {
    name: 'pipeline of XADDs alone',
    events,
    async prepare(world) {
      const batches = await readBatches(world, events, world.batchSize);
      return async () => {
        for (const rows of batches) {
          const pipeline = world.redis.pipeline();
          for (const { topic, position, envelope } of rows) {
            pipeline.xadd(`pipeline:${topic}`, `${position}-0`, 'e', envelope);
          }
          await pipeline.exec();
        }
        return undefined;
      };
    },
  };
}

/** Batches that are already read, each added with the same options as the queue sink's. */
export function addBulkAlone(events: number): Contestant {
  return {
    name: 'addBulk alone',
    events,
    async prepare(world) {
      const batches = await readBatches(world, events, world.queueBatchSize);
      const queue = new Queue(consumer, {
        connection: world.redis,
        prefix: queuePrefix(logName),
        skipMetasUpdate: true,
      });
      await queue.waitUntilReady();
      return async () => {
        for (const rows of batches) {
          await queue.addBulk(
            rows.map(({ type, id, position, envelope }) => ({
              name: type,
              data: { position, envelope },
              opts: {
                jobId: id,
                attempts: 1_000_000,
                backoff: { type: 'custom' },
                removeOnComplete: true,
              },
            })),
          );
        }
        return () => queue.close();
      };
    },
  };
}

async function readBatches(
  world: RelayWorld,
  events: number,
  batchSize: number,
): Promise<readonly (readonly OutboxRow[])[]> {
  const batches: (readonly OutboxRow[])[] = [];
  await world.read(events, batchSize, (rows) => batches.push(rows));
  return batches;
}
