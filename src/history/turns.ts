/** One turn after the other for each key: those who wait for it take it together, and it leaves something for the next. */

export interface Turn<Value> {
  /** What the last turn of the key left; undefined when it left nothing, or when that is forgotten */
  readonly remembered: Value | undefined;
  /** Leaves it to the next turn, and gives it back. */
  remember(value: Value): Value;
}

export interface TurnsOptions<Job, Value> {
  /** Of how many keys is remembered what was left: of those that had a turn last */
  readonly remembered: number;
  /** Jobs that share a turn, at most */
  readonly together: number;
  /** Settles each of the jobs, which came in this order. Never throws. */
  work(key: string, jobs: readonly Job[], turn: Turn<Value>): Promise<void>;
}

export interface Turns<Job> {
  /** The job is done in the key's next turn: at once, when there is none now. */
  join(key: string, job: Job): void;
}

export function createTurns<Job, Value>({
  remembered,
  together,
  work,
}: TurnsOptions<Job, Value>): Turns<Job> {
  const left = new Map<string, Value>();
  /** A key is here as long as it has a turn */
  const waiting = new Map<string, Job[]>();

  const turnOf = (key: string): Turn<Value> => ({
    get remembered() {
      return left.get(key);
    },
    remember(value) {
      left.delete(key); // so that it is the newest one
      left.set(key, value);
      if (left.size > remembered) left.delete(left.keys().next().value!);
      return value;
    },
  });
  const run = async (key: string, jobs: Job[]) => {
    while (jobs.length > 0) await work(key, jobs.splice(0, together), turnOf(key));
    waiting.delete(key);
  };
  return {
    join(key, job) {
      const others = waiting.get(key);
      if (others) return void others.push(job);
      const jobs = [job];
      waiting.set(key, jobs);
      void run(key, jobs);
    },
  };
}
