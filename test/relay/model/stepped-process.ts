/**
 * A process that the model runs one store call at a time. The code and the stores are real; only the moment at which a
 * call leaves the process is the model's to choose, and whether it leaves and its answer arrives.
 */
import { setImmediate as immediate } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Pool, PoolClient } from 'pg';

/** What becomes of a call: carried out, never sent, or carried out while its answer is lost. */
export type Fate = 'pass' | 'refuse' | 'lose the answer';

/** What a call whose connection broke ends with. */
export class BrokenConnection extends Error {
  override readonly name = 'BrokenConnection';
}

export interface SteppedProcess {
  /** The stores as the process sees them */
  readonly pool: Pool;
  readonly redis: Redis;
  /** Work was begun and has not ended: a call is held */
  readonly busy: boolean;
  /** Begins work, up to its first call. */
  begin(work: () => Promise<unknown>): Promise<void>;
  /** Lets go of the oldest held call, up to the next one or the end of the work. Throws what the work ended with. */
  step(fate?: Fate): Promise<void>;
  /** Steps to the end of the work. */
  finish(): Promise<void>;
  /** Runs other work to its end while what is held stays held. */
  beside<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Ends it as kill -9 does: no further call leaves it. */
  kill(): Promise<void>;
}

interface HeldCall {
  decide(fate: Fate): void;
  /** Settles once its caller has its answer or error */
  readonly ended: Promise<void>;
}

export function createSteppedProcess(stores: { pool: Pool; redis: Redis }): SteppedProcess {
  const held: HeldCall[] = [];
  let killed = false;
  let arrived = Promise.withResolvers<void>();
  let task: Promise<void> | undefined;

  const hold: Hold = (call, undo) => {
    if (killed) return Promise.reject(new BrokenConnection('the process was killed'));
    const fate = Promise.withResolvers<Fate>();
    const answer = fate.promise.then((decided) => carryOut(decided, call, undo));
    held.push({ decide: fate.resolve, ended: ended(answer) });
    arrived.resolve();
    return answer;
  };

  const letGo = async (call: HeldCall, fate: Fate) => {
    held.splice(held.indexOf(call), 1);
    arrived = Promise.withResolvers();
    call.decide(fate);
    await call.ended;
    await immediate(); // whatever follows from the answer alone has happened
  };
  /** Until the work has ended, or nothing more happens before a held call is let go. */
  const settle = async () => {
    const running = task;
    if (held.length === 0) await Promise.race([arrived.promise, running && ended(running)]);
    if (running && (await hasEnded(running))) task = undefined;
    if (!task) await running;
  };

  const step = async (fate: Fate = 'pass') => {
    const [oldest] = held;
    if (oldest) await letGo(oldest, fate);
    await settle();
  };
  return {
    pool: holdPool(stores.pool, hold),
    redis: holdRedis(stores.redis, hold),
    get busy() {
      return task !== undefined;
    },
    async begin(work) {
      arrived = Promise.withResolvers();
      task = work().then(() => {});
      task.catch(() => {}); // heard by who steps
      await immediate();
      await settle();
    },
    step,
    async finish() {
      while (task) await step();
    },
    async beside(work) {
      const waiting = new Set(held);
      arrived = Promise.withResolvers();
      const other = work();
      while (!(await hasEnded(other))) {
        const own = held.find((call) => !waiting.has(call));
        if (own) await letGo(own, 'pass');
        else await Promise.race([arrived.promise, ended(other)]);
      }
      return other;
    },
    async kill() {
      killed = true;
      await Promise.all([...held].map((call) => letGo(call, 'refuse')));
      await task?.catch(() => {});
      task = undefined;
    },
  };
}

async function carryOut<Answer>(fate: Fate, call: () => Promise<Answer>, undo?: (answer: Answer) => void) {
  if (fate === 'refuse') throw new BrokenConnection('the connection broke before the call was sent');
  const answer = await call();
  if (fate !== 'lose the answer') return answer;
  undo?.(answer);
  throw new BrokenConnection('the connection broke before the answer came');
}

const ended = (promise: Promise<unknown>) =>
  promise.then(
    () => {},
    () => {},
  );

const hasEnded = (promise: Promise<unknown>) =>
  Promise.race([ended(promise).then(() => true), immediate().then(() => false)]);

/** `undo` lets go of what the answer holds, when nobody gets it. */
type Hold = <Answer>(call: () => Promise<Answer>, undo?: (answer: Answer) => void) => Promise<Answer>;
type Call = (...args: unknown[]) => Promise<unknown>;

function holdPool(pool: Pool, hold: Hold): Pool {
  return replacing(pool, {
    query: (...args) => hold(() => (pool.query as Call).apply(pool, args)),
    connect: () =>
      hold(
        async () => holdClient(await pool.connect(), hold),
        (client) => client.release(true),
      ),
  });
}

function holdClient(client: PoolClient, hold: Hold): PoolClient {
  return replacing(client, { query: (...args) => hold(() => (client.query as Call).apply(client, args)) });
}

function holdRedis(redis: Redis, hold: Hold): Redis {
  return replacing(redis, {
    eval: (...args) => hold(() => (redis.eval as Call).apply(redis, args)),
    hmget: (...args) => hold(() => (redis.hmget as Call).apply(redis, args)),
    hget: (...args) => hold(() => (redis.hget as Call).apply(redis, args)),
    multi: () => {
      const transaction = redis.multi();
      const exec = transaction.exec.bind(transaction);
      return Object.assign(transaction, { exec: () => hold(exec) });
    },
  });
}

/** The object with some of its methods replaced; the others run on the object itself. */
function replacing<Target extends object>(
  target: Target,
  methods: Record<string, (...args: unknown[]) => unknown>,
): Target {
  return new Proxy(target, {
    get(_, name) {
      if (Object.hasOwn(methods, name)) return methods[name as string];
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
