/** A consumer's lanes: jobs are added to them in order or not at all, whatever becomes of Redis meanwhile. */
import { randomUUID } from 'node:crypto';
import { Job, type Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Envelope } from '../events/envelope.ts';
import { orderingKey } from '../events/ordering.ts';
import { placeOf } from '../log/place-of.ts';
import { laneName, queueNames } from '../log/queue-names.ts';
import { removeHalves } from './half-jobs.ts';
import type { JobData, JobsConsumer, NewJob } from './job.ts';
import {
  emptyScript,
  enterScript,
  leaveScript,
  openStateScript,
  reopenScript,
  shutScript,
} from './lane-scripts.ts';

/** Redis lost something of the lanes, or took only a part: they may be shut, and must be restored. */
export class LanesLostError extends Error {
  override readonly name = 'LanesLostError';
}

export interface LaneKeeper {
  /**
   * Adds jobs that follow each other in the order of events, all after what the lanes hold up to `from`; afterwards they
   * hold everything up to `to`. Throws LanesLostError; then nothing of it is taken before the lanes are restored.
   */
  add(consumer: JobsConsumer, jobs: readonly NewJob[], reach: Reach): Promise<void>;
  /** Whether the lanes are open, and hold everything up to where the consumer stands. */
  areWhole(consumer: JobsConsumer): Promise<boolean>;
  /** Nothing is taken from the lanes from here on. Gives what to reopen them with. */
  shut(consumer: JobsConsumer): Promise<string>;
  /** Empties the lanes, and opens them for what comes after a position. Does no harm after somebody else has shut them. */
  reopen(consumer: JobsConsumer, key: string, position: number): Promise<void>;
}

export interface Reach {
  readonly from: number;
  /** Undefined: they reach as far as before */
  readonly to: number | undefined;
}

export function createLanes(connection: Redis, queueOf: (name: string) => Queue<JobData>): LaneKeeper {
  connection.defineCommand('aortaEnterLanes', { lua: enterScript });
  connection.defineCommand('aortaLeaveLanes', { lua: leaveScript });
  const queuesOf = (consumer: JobsConsumer) => queueNames(consumer).map(queueOf);
  const run = (script: string, keys: readonly string[], ...values: (string | number)[]) =>
    connection.eval(script, keys.length, ...keys, ...values);
  return {
    async add(consumer, jobs, { from, to }) {
      const state = stateOf(queuesOf(consumer));
      const placed = jobs.map((job) => ({ job, queue: queueOf(laneOf(consumer, job)) }));
      const queues = [...new Set(placed.map(({ queue }) => queue))];
      const entering = [state, ...queues.flatMap((queue) => [queue.keys.meta!, queue.keys.wait!])];
      entering.push(...placed.map(({ job, queue }) => queue.toKey(job.opts.jobId)));
      const leaving = [state, ...queues.flatMap(openKeys)];

      const { backend } = queueOf(laneName(consumer.name, 0));
      const transaction = (await backend.client).multi();
      const { generation = '' } = consumer;
      transaction.runCommand('aortaEnterLanes', [
        entering.length,
        ...entering,
        generation,
        from,
        queues.length,
      ]);
      await Promise.all(
        placed.map(({ job: { name, data, opts }, queue }) => {
          const job = new Job(queue, name, data, opts, opts.jobId);
          return queue.backend.addJobToTransaction(transaction, job.asJSON(), opts.jobId);
        }),
      );
      transaction.runCommand('aortaLeaveLanes', [leaving.length, ...leaving, to ?? '']);
      const answers = (await transaction.exec().catch(refusalFirst))!;
      const failed = answers.find(([error]) => error)?.[0];
      // ioredis sends a script once for each connection, and does not see in a transaction that Redis dropped it since
      if (failed?.message.includes('NOSCRIPT')) connection.disconnect(true);
      if (failed) throw failed;
      if (answers.at(-1)![1] !== 1) throw new LanesLostError(`the lanes of ${consumer.name} lost something`);
      const [, existed] = answers[0]![1] as [number, number];
      if (existed === 0) return; // as nearly always
      for (const queue of queues) {
        const ids = placed.filter((each) => each.queue === queue).map(({ job }) => job.opts.jobId);
        if ((await removeHalves(connection, queue, ids)).length > 0)
          throw new LanesLostError(`the lanes of ${consumer.name} held halves of jobs`);
      }
    },
    async areWhole(consumer) {
      const queues = queuesOf(consumer);
      const keys = [stateOf(queues), ...queues.map((queue) => queue.keys.meta!)];
      const { generation = '', enqueuedPosition = 0 } = consumer;
      return (await run(openStateScript, keys, generation, enqueuedPosition)) === 1;
    },
    async shut(consumer) {
      const queues = queuesOf(consumer);
      const key = randomUUID();
      await run(shutScript, [stateOf(queues), ...queues.map((queue) => queue.keys.meta!)], key);
      return key;
    },
    async reopen(consumer, key, position) {
      const queues = queuesOf(consumer);
      const state = stateOf(queues);
      for (const queue of queues) {
        const { wait, delayed } = queue.keys;
        while (Number(await run(emptyScript, [state, wait!, delayed!], key, queue.toKey(''))) > 0);
      }
      await run(reopenScript, [state, ...queues.flatMap(openKeys)], key, consumer.generation ?? '', position);
    },
  };
}

function laneOf({ name, lanes, orderedBy }: JobsConsumer, job: NewJob): string {
  const event = JSON.parse(job.data.envelope) as Envelope;
  return laneName(name, placeOf(orderingKey(event, orderedBy ?? 'aggregate'), lanes));
}

const stateOf = (queues: readonly Queue[]) => queues[0]!.keys.meta!;

const openKeys = ({ keys }: Queue) => [keys.meta!, keys.wait!, keys.active!, keys.marker!];

/** Why Redis dropped the transaction. */
function refusalFirst(error: Error & { readonly previousErrors?: readonly Error[] }): never {
  throw error.previousErrors?.[0] ?? error;
}
