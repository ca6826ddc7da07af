import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { leash } from '../../dev/leash.ts';
import type { Contestant } from './contestants.ts';
import type { Measured } from './meter.ts';
import { totalOf, watchPostgresCpu } from './postgres-cpu.ts';
import type { WorkersWorld } from './world.ts';

export interface Drained {
  readonly perSecond: number;
  /** Of the worker's process, for each event */
  readonly cpuMicroseconds: number;
  /** Of PostgreSQL, for each event, from the start of that process; undefined where the system does not tell */
  readonly postgresCpuMicroseconds: number | undefined;
}

const patienceMs = 300_000;

/**
 * Enqueues the contestant's events, then lets a worker of its own process handle them. Throws when it does not handle
 * all of them, and when it left another number of rows than it had to.
 */
export async function drainOnce(contestant: Contestant, world: WorkersWorld): Promise<Drained> {
  const { name, work, events, enqueue } = contestant;
  await world.reset();
  await enqueue(world, events, work);
  await world.pool.query('CHECKPOINT'); // that of what was written until now is nobody's
  using postgres = watchPostgresCpu(world.pool);
  const before = totalOf(await postgres.read());
  let after: number | undefined;
  const {
    events: timed,
    seconds,
    cpuSeconds,
  } = await runProcess(contestant, world, async () => {
    after = totalOf(await postgres.read());
  });
  const seen = await world.countSeen();
  const due = work.startsWith('no-op') ? 0 : events;
  if (seen.rows !== due || seen.events !== due) {
    throw new Error(`${name} left ${seen.rows} rows of ${seen.events} events, and had to leave ${due}`);
  }
  return {
    perSecond: timed / seconds,
    cpuMicroseconds: (cpuSeconds * 1e6) / timed,
    postgresCpuMicroseconds:
      before === undefined || after === undefined ? undefined : ((after - before) * 1e6) / events,
  };
}

/** Gives what the process tells when it has handled everything. After `whenDone` it is asked to end, and waited for. */
async function runProcess(
  contestant: Contestant,
  world: WorkersWorld,
  whenDone: () => Promise<void>,
): Promise<Measured> {
  const { name, work, events, script, connections, env } = contestant;
  const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
  const child = spawn(
    process.execPath,
    [script.pathname, work, String(events), String(world.backlog - events)],
    {
      env: {
        ...{ PATH, HOME, TMPDIR, NODE_ENV: 'production' },
        ...{ DATABASE_URL: world.databaseUrl, DATABASE_CONNECTIONS: String(connections) },
        ...{ REDIS_URL: world.redisUrl, LOG_LEVEL: 'warn' },
        ...env,
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    },
  );
  const held = child.pid === undefined ? undefined : leash(child.pid, 'SIGKILL');
  const newest: string[] = [];
  createInterface({ input: child.stderr! }).on('line', (line) => {
    newest.push(line);
    if (newest.length > 15) newest.shift();
  });
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let timer: NodeJS.Timeout | undefined;
  try {
    const measured = await new Promise<Measured>((resolve, reject) => {
      const fail = (what: string) => reject(new Error(`${name} ${what}:\n${newest.join('\n')}`));
      timer = setTimeout(() => fail(`has not handled all of ${events} events`), patienceMs);
      child.once('message', (measured) => resolve(measured as Measured));
      child.once('error', reject);
      void exited.then(() => fail('ended before it had handled everything'));
    });
    await whenDone();
    return measured;
  } finally {
    clearTimeout(timer);
    child.kill('SIGTERM');
    await exited;
    held?.release();
  }
}
