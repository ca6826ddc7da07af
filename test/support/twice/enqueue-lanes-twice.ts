import { RedisQueueBackend } from 'bullmq';
import { Redis } from 'ioredis';
import { isDone } from './parts.ts';
import { report } from './report.ts';
import { isEventJob, twinId } from './twins.ts';

type Answers = readonly (readonly [error: unknown, answer: unknown])[];
type Arguments = readonly unknown[];

/** Calls that are sent to Redis together, by `exec`. */
interface Transaction {
  runCommand(name: string, args: Arguments): Transaction;
  exec(): Promise<Answers>;
}
interface Backend {
  /** Of the queue */
  readonly name: string;
  readonly queue: { toKey(id: string): string };
  readonly client: Promise<{ multi(): Transaction }>;
  addJobToTransaction(client: object, job: object, jobId: string, ...rest: unknown[]): Promise<unknown>;
}
interface Added {
  readonly backend: Backend;
  readonly job: object;
  readonly jobId: string;
}

/**
 * Adds to lanes twice: behind each transaction that adds jobs follows another with second jobs for the same events, between
 * the same commands of ours, so that lanes that lost something meanwhile are shut to it as they are to the first.
 */
export function enqueueLanesTwice(): void {
  const commands = recordOurCommands();
  const added = new WeakMap<object, Added[]>();
  const prototype = RedisQueueBackend.prototype as unknown as Backend;
  const { addJobToTransaction } = prototype;

  const addTwins = async (jobs: readonly Added[], [enter, leave]: readonly [Arguments, Arguments]) => {
    const transaction = (await jobs[0]!.backend.client).multi();
    const keys = new Map(
      jobs.map(({ backend: { queue }, jobId }) => [queue.toKey(jobId), queue.toKey(twinId(jobId))]),
    );
    transaction.runCommand(
      'aortaEnterLanes',
      enter.map((value) => keys.get(String(value)) ?? value),
    );
    for (const { backend, job, jobId } of jobs) {
      const id = twinId(jobId);
      await addJobToTransaction.call(backend, transaction, { ...job, id }, id);
      report({ done: 'enqueued', queue: backend.name, jobs: 1 });
    }
    return transaction.runCommand('aortaLeaveLanes', leave).exec();
  };
  const addTwinsAtExec = (transaction: Transaction, jobs: readonly Added[]) => {
    const exec = transaction.exec.bind(transaction);
    transaction.exec = async () => {
      const answers = await exec();
      const ours = commands.get(transaction) ?? [];
      if (ours.length !== 2 || !isWhole(answers)) return answers;
      const again = await addTwins(jobs, [ours[0]!, ours[1]!]);
      // as if the first had found what the second did
      return isWhole(again) ? answers : again;
    };
  };
  prototype.addJobToTransaction = function (client, job, jobId, ...rest) {
    if (commands.get(client)?.length === 1 && isEventJob(jobId) && isDone('enqueue')) {
      const jobs = added.get(client) ?? [];
      if (jobs.length === 0) addTwinsAtExec(client as Transaction, jobs);
      added.set(client, jobs);
      jobs.push({ backend: this, job, jobId });
    }
    return addJobToTransaction.call(this, client, job, jobId, ...rest);
  };
}

const isWhole = (answers: Answers) => answers.every(([error]) => !error) && answers.at(-1)?.[1] === 1;

/** The arguments of the commands that begin and end a transaction to lanes, which BullMQ knows nothing of. */
function recordOurCommands(): WeakMap<object, Arguments[]> {
  const recorded = new WeakMap<object, Arguments[]>();
  const prototype = Redis.prototype as unknown as { multi(...args: unknown[]): object };
  const { multi } = prototype;
  prototype.multi = function (...args) {
    const transaction = multi.apply(this, args);
    let run: Transaction['runCommand'] | undefined;
    // BullMQ sets it on every transaction
    Object.defineProperty(transaction, 'runCommand', {
      configurable: true,
      get: () => run,
      set(given: Transaction['runCommand']) {
        run = (name, values) => {
          if (name.startsWith('aorta')) {
            recorded.set(transaction, [...(recorded.get(transaction) ?? []), [...values]]);
          }
          return given.call(transaction, name, values);
        };
      },
    });
    return transaction;
  };
  return recorded;
}
