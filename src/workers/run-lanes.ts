/**
 * Runs a queue reaction that keeps events in order. Its keys are spread over lanes, each a queue of which one job at a time
 * runs, over all processes: BullMQ's global concurrency, which the relay sets with every job that it adds. A job is held
 * until it is settled, retries and all; what would overtake it waits in the lane.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Job, Queue, WaitingError, type Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { laneName } from '../log/queue-names.ts';
import { stackOf } from '../platform/failures/text.ts';
import { type Delivery, deliveryOf, type JobData, type Outcome } from './delivery.ts';
import { NotBegunError } from './errors.ts';
import { deadLetter, noteFailure } from './failure.ts';
import { handleDeliveries, OvertakenError } from './handle-deliveries.ts';
import { isSuspect, noteProgress, progressOf } from './job-progress.ts';
import { giveBack, openWorker, parkedMs, runAlone, type Service } from './queue-service.ts';
import { lanesOf } from './reaction.ts';
import { NewerCodeError } from './read-newest.ts';
import type { Verdict } from './verdict.ts';

export function runLanes(service: Service): readonly Pick<Worker, 'close'>[] {
  const { reaction, options } = service;
  return Array.from({ length: lanesOf(reaction) }, (_, lane) => {
    const name = laneName(reaction.name, lane);
    const { redis, prefix } = options;
    const queue = new Queue<JobData>(name, { connection: redis, prefix, skipMetasUpdate: true });
    queue.on('error', () => {}); // failures reach the caller through the call itself
    const worker = openWorker(service, name, createLane(service, queue), { concurrency: 1 });
    return {
      async close() {
        await worker.close();
        await queue.close();
      },
    };
  });
}

function createLane(service: Service, queue: Queue<JobData>) {
  const { reaction, options, stopping, objection } = service;
  const fullBatch = 'handleBatch' in reaction ? (reaction.batchSize ?? 100) : 1;
  let batchSize = fullBatch;
  let settled = { outcomes: new Map<string, Outcome>() as ReadonlyMap<string, Outcome>, at: 0 };

  /** The events behind this one in the lane, as long as they come for the first time. */
  const peek = async (count: number): Promise<readonly Delivery[]> => {
    const deliveries: Delivery[] = [];
    for (const job of await nextJobs(options.redis, queue, count)) {
      if (!job || job.stalledCounter > 0 || progressOf(job).attempts > 0) break;
      const delivery = deliveryOf(job, 0);
      if (objection(job, delivery) !== undefined) break;
      deliveries.push(delivery);
    }
    return deliveries;
  };
  const handle = async (delivery: Delivery, isTrusted: boolean): Promise<Outcome> => {
    const isAlone = !isTrusted || batchSize === 1 || delivery.attempt > 1;
    const batch = isAlone ? [delivery] : [delivery, ...(await peek(batchSize - 1))];
    try {
      const outcomes = await handleDeliveries(reaction, options, batch, stopping.cutOff);
      settled = { outcomes, at: performance.now() };
      batchSize = Math.min(fullBatch, batchSize * 2);
      return outcomes.get(delivery.event.id)!;
    } catch (error) {
      if (batch.length === 1 || stopping.cutOff.aborted || error instanceof NotBegunError) throw error;
      batchSize = error instanceof OvertakenError ? 1 : Math.ceil(batch.length / 2);
      return handle(delivery, isTrusted);
    }
  };
  const isSettled = ({ event, redriven }: Delivery) =>
    !redriven && performance.now() - settled.at < settledMs && settled.outcomes.get(event.id) === 'handled';

  return async (job: Job<JobData>, token: string): Promise<void> => {
    for (;;) {
      const { attempts } = progressOf(job);
      const delivery = deliveryOf(job, attempts);
      if (isSettled(delivery)) return; // in the batch of the job before
      try {
        const refused = objection(job, delivery);
        if (refused !== undefined) return await deadLetter(reaction, options, delivery, refused, attempts);
        const outcome = await (isSuspect(job)
          ? runAlone(service, job, () => handle(delivery, false))
          : handle(delivery, job.stalledCounter === 0));
        if (outcome !== 'parked') return;
      } catch (error) {
        if (stopping.cutOff.aborted) return leave(job, token);
        const verdict = await noteFailure(reaction, options, delivery, error).catch(() => noVerdict);
        if (verdict.is === 'poison') return;
        if (verdict.is === 'retry') {
          // a job that Redis has lost is added again, and counts anew
          await noteProgress(job, { attempts: attempts + 1, error: stackOf(error) }).catch(() => {});
        }
        await delay(verdict.ms, undefined, { signal: stopping.signal }).catch(() => {});
        if (stopping.signal.aborted || error instanceof NewerCodeError) return leave(job, token);
        continue;
      }
      return giveBack(service, job, token, parkedMs); // its place in the order is where it will be published again
    }
  };
}

/** The jobs that come next in the lane; none while the relay has shut it, because some may be missing. */
async function nextJobs(
  redis: Redis,
  queue: Queue<JobData>,
  count: number,
): Promise<readonly (Job<JobData> | undefined)[]> {
  const { meta, wait } = queue.keys;
  const answers = await redis.multi().hget(meta!, 'concurrency').lrange(wait!, -count, -1).exec();
  const [[, concurrency], [, ids]] = answers as [[null, string | null], [null, string[]]];
  if (concurrency !== '1') return [];
  return Promise.all(ids.reverse().map((id) => queue.getJob(id)));
}

// a job whose event was handled with the one before comes next, at once; later the inbox is asked, as for any other
const settledMs = 1_000;
const noVerdict: Verdict = { is: 'wait', ms: 1_000 }; // the stores were away when it was to be written down

/** Leaves the job to another worker, as the next of its lane. */
async function leave(job: Job<JobData>, token: string): Promise<never> {
  await job.moveToWait(token);
  await delay(othersFirstMs);
  throw new WaitingError();
}

const othersFirstMs = 100; // before this worker asks for a job again
