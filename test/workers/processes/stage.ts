/** A world with a relay, on which the reactions of this folder are run by processes of their own. */
import { fileURLToPath } from 'node:url';
import type { Pool } from 'pg';
import type { NewEvent } from '../../../src/events/define-event.ts';
import { requestCause } from '../../../src/events/envelope.ts';
import { registerEventTypes } from '../../../src/outbox/event-types.ts';
import { createOutbox, record } from '../../../src/outbox/transaction.ts';
import { makeTables } from '../../support/own-tables.ts';
import { until } from '../../support/until.ts';
import { createWorld, type World } from '../../support/world.ts';
import { eventTypes, stepTaken } from './events.ts';
import { patient, spawnWorker, type WorkerProcess } from './worker-process.ts';

export interface WorkerOptions {
  /** The consumers to run; default all of the module's */
  readonly only?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Stage extends AsyncDisposable {
  readonly world: World;
  readonly pool: Pool;
  /** Starts a process with the reactions of `reactions/<module>.ts`. It is killed, if it still runs, with the stage. */
  spawn(module: string, options?: WorkerOptions): WorkerProcess;
  /** Records the events in one transaction. */
  record(correlationId: string, ...events: readonly NewEvent[]): Promise<void>;
  /** Everything written by handlers, in the order in which it was. */
  effects(consumer: string): Promise<readonly Effect[]>;
  /** Waits until a consumer has so many effects. */
  untilEffects(consumer: string, count: number): Promise<void>;
  letters(consumer: string): Promise<readonly Letter[]>;
  /** Lets the handlers go on that wait for it. */
  openGate(): Promise<void>;
  closeGate(): Promise<void>;
}

export interface Effect {
  readonly key: string;
  readonly n: number;
  /** The process that wrote it */
  readonly pid: number;
}

export interface Letter {
  readonly id: string;
  readonly key: string;
  readonly n: number;
  readonly attempts: number;
  readonly waits: boolean;
  readonly error: string;
}

// a job of a worker that was killed runs again soon
const quickToGiveUp = { WORKER_LOCK_MS: '500' };

// these tests start dozens of processes: what one has compiled, the next need not
const compiled = fileURLToPath(new URL('../../../node_modules/.cache/aorta-workers', import.meta.url));
const quickToStart = { NODE_COMPILE_CACHE: compiled };

export async function createStage(): Promise<Stage> {
  await using setup = new AsyncDisposableStack();
  const world = setup.use(await createWorld());
  const { pool, prisma } = world.database;
  await makeTables(pool, tables);
  // the relay parks what nobody knows
  await registerEventTypes(pool, eventTypes);
  const outbox = createOutbox({ prisma, pool, nudge: () => {} });
  await world.spawn('relay', { env: quickToStart }).waitForLog('lease.taken');
  const workers: WorkerProcess[] = [];
  setup.defer(async () => {
    await Promise.all(workers.map((worker) => worker.kill('SIGKILL')));
  });
  const owned = setup.move();
  const stage: Stage = {
    world,
    pool,
    spawn(module, options = {}) {
      const env = { ...world.env, ...quickToGiveUp, ...quickToStart, ...options.env };
      const worker = spawnWorker(module, env, options.only);
      workers.push(worker);
      return worker;
    },
    record: (correlationId, ...events) =>
      outbox.transaction(requestCause(correlationId), async (tx) => record(tx, ...events)),
    async effects(consumer) {
      const sql = 'SELECT key, n, pid FROM effect WHERE consumer = $1 ORDER BY place';
      return (await pool.query<Effect>(sql, [consumer])).rows;
    },
    async untilEffects(consumer, count) {
      let found = 0;
      await until(
        async () => {
          const sql = 'SELECT count(*)::int AS found FROM effect WHERE consumer = $1';
          found = (await pool.query<{ found: number }>(sql, [consumer])).rows[0]!.found;
          return found >= count;
        },
        { timeoutMs: patient, message: () => `${consumer} has ${count} effects; so far ${found}` },
      );
    },
    async letters(consumer) {
      const { rows } = await pool.query<Letter>(
        `SELECT id, event->>'aggregateId' AS key, (event->'payload'->>'n')::int AS n, attempts, waits, error
           FROM dead_letter WHERE consumer = $1 ORDER BY position`,
        [consumer],
      );
      return rows;
    },
    async openGate() {
      await pool.query('INSERT INTO gate DEFAULT VALUES');
    },
    async closeGate() {
      await pool.query('DELETE FROM gate');
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
  return stage;
}

// `before`: the newest step of the key that its writer saw. What stands in `flaw` fails; a row in `gate` opens it
const tables = `
  CREATE TABLE effect (place bigserial PRIMARY KEY, consumer text NOT NULL, key text NOT NULL, n int NOT NULL,
                       before int NOT NULL, pid int NOT NULL);
  CREATE INDEX ON effect (consumer, key, n);
  CREATE INDEX ON effect (n);
  CREATE TABLE flaw (key text NOT NULL, n int NOT NULL);
  CREATE TABLE gate (opened boolean NOT NULL DEFAULT true)`;

/** The walk's n-th step. */
export function step(key: string, n: number): NewEvent {
  return stepTaken.of({ aggregateId: key, aggregateVersion: n, occurredAt: new Date(), payload: { n } });
}

export const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);
