import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { leash } from '../../dev/leash.ts';
import { watchStarted } from '../../src/domains/streaming/events.ts';
import { requestCause } from '../../src/events/envelope.ts';
import { record } from '../../src/outbox/transaction.ts';
import { rankings } from '../../src/workers/streaming/rankings.ts';
import { runCommand } from '../support/run-command.ts';
import { until } from '../support/until.ts';
import { leftovers, untilCaughtUp } from './rebuild-support.ts';
import { createWorkerWorld, range, type WorkerWorld } from './support.ts';

const command = fileURLToPath(new URL('../../src/app/commands/rebuild.ts', import.meta.url));

/** Starts of the videos v0 to v9 in turn, in one transaction. */
async function start({ outbox }: WorkerWorld, count: number): Promise<void> {
  await outbox.transaction(requestCause('test'), async (tx) => {
    const events = range(count).map((n) => {
      const payload = {
        ...{ sessionId: crypto.randomUUID(), userId: 'ann', videoId: `v${n % 10}`, quality: 'HD' as const },
        ...{ title: 'A film', genres: [] },
      };
      return watchStarted.of({
        aggregateId: payload.sessionId,
        aggregateVersion: 1,
        occurredAt: new Date(),
        payload,
      });
    });
    record(tx, ...events);
  });
}

/** Keeps writers from the table until the end of the scope. */
async function closeGate({ pool }: WorkerWorld, table: string): Promise<AsyncDisposable> {
  const client = await pool.connect();
  await client.query('BEGIN');
  await client.query(`LOCK TABLE ${table} IN SHARE MODE`);
  return {
    async [Symbol.asyncDispose]() {
      await client.query('ROLLBACK');
      client.release();
    },
  };
}

/** Runs the command until it stands before the gate, and kills it there. */
async function killAt(world: WorkerWorld, env: Record<string, string>, table: string): Promise<void> {
  const child = spawn(process.execPath, [command, 'rankings'], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: 'ignore',
  });
  const held = leash(child.pid!, 'SIGKILL');
  const closed = once(child, 'close');
  const { pool } = world;
  try {
    const begun = "SELECT FROM processor_checkpoint WHERE processor = 'rebuild:rankings' AND position > 0";
    await until(async () => (await pool.query(begun)).rowCount, { timeoutMs, message: 'a batch is done' });
    await using _gate = await closeGate(world, table);
    const waits = 'SELECT FROM pg_locks WHERE NOT granted AND relation = to_regclass($1)';
    await until(async () => (await pool.query(waits, [table])).rowCount, {
      timeoutMs,
      message: `the rebuild waits for ${table}`,
    });
    child.kill('SIGKILL');
    await closed;
  } finally {
    child.kill('SIGKILL');
    held.release();
  }
}

const timeoutMs = 30_000; // a process has to start first

// while it fills the copy, and as its last step before the tables change places
test.each(['rebuild_rankings.ranking', 'public.processor_window'])(
  'killed while it writes to %s, a rebuild has changed nothing, and goes on when it is run again',
  async (table) => {
    await using world = await createWorkerWorld();
    const env = { DATABASE_URL: world.url, REDIS_URL: world.server.url, LOG_NAME: 'aorta' };
    const starts = async () => (await world.pool.query('SELECT starts FROM ranking ORDER BY video_id')).rows;
    await world.run(rankings({ changed: () => {} }));
    await start(world, 6_000);
    await untilCaughtUp(world, 'rankings');
    await world.pool.query('UPDATE ranking SET starts = starts + 1');
    await killAt(world, env, table);

    await start(world, 10);
    await untilCaughtUp(world, 'rankings');
    expect(await starts(), 'it is the live one that went on').toEqual(range(10).map(() => ({ starts: 602 })));
    const again = await runCommand('commands/rebuild.ts', ['rankings'], env);
    expect(again, again.stderr).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('rankings is rebuilt'),
    });
    expect(Number(/(\d+) events handled\nrankings is rebuilt/.exec(again.stderr)![1])).toBeLessThan(6_010);
    expect(await starts()).toEqual(range(10).map(() => ({ starts: 601 })));
    await start(world, 10);
    await untilCaughtUp(world, 'rankings');
    expect(await starts()).toEqual(range(10).map(() => ({ starts: 602 })));
    expect(await leftovers(world)).toEqual([]);
  },
);
