/** One relay that leads and one that stands by, each with a way of its own to PostgreSQL. */
import { setTimeout as delay } from 'node:timers/promises';
import { startPostgres } from '../../dev/postgres.ts';
import { startRedis } from '../../dev/redis.ts';
import { type RoleProcess, spawnRole } from '../../dev/role-process.ts';
import { startTcpProxy, type TcpProxy } from '../../dev/tcp-proxy.ts';
import { logKeys } from '../../src/log/keys.ts';
import { readLogState } from '../../src/log/publish.ts';
import { readLogRow } from '../../src/outbox/log-row.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { openDatabase } from '../../src/platform/postgres.ts';
import { openRedis } from '../../src/platform/redis.ts';
import { createMigratedDatabase } from '../database.ts';
import { nowMs } from '../live/clock.ts';
import { writeNumberedEvents } from '../slow/numbered-events.ts';

export interface Member {
  readonly relay: RoleProcess;
  readonly toPostgres: TcpProxy;
}

export interface TakeoverWorld extends AsyncDisposable {
  /** Starts a relay, and settles when it leads or, when another does, waits for its turn. */
  join(): Promise<Member>;
  /** Ends a relay, whatever was done to it. */
  leave(member: Member): Promise<void>;
  /** Commits an event, and settles when it is published. */
  publishOne(): Promise<void>;
}

const logName = 'aorta';
const patienceMs = 30_000;

/** Starts the stores; a few seconds. */
export async function startTakeoverWorld(): Promise<TakeoverWorld> {
  await using setup = new AsyncDisposableStack();
  const postgres = setup.use(await startPostgres({ fast: true }));
  const server = setup.use(await startRedis());
  const url = await createMigratedDatabase(postgres, 'takeover');
  const { pool } = setup.use(openDatabase({ url, application: 'aorta-bench' }));
  const redis = openRedis({ url: server.url, name: 'aorta-bench', logger: createLogger('bench', 'silent') });
  setup.defer(() => redis.disconnect());
  const keys = logKeys(logName, (await readLogRow(pool)).epoch);
  const members = new Set<Member>();
  const leave = async (member: Member) => {
    members.delete(member);
    // first: a connection cannot be reset while it is being ended
    await member.toPostgres.stop();
    await member.relay.kill();
  };
  setup.defer(async () => {
    await Promise.all([...members].map(leave));
  });
  const wantsLease = async ({ pid }: RoleProcess) => {
    const sql = `SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
                  WHERE locktype = 'advisory' AND application_name LIKE $1`;
    return (await pool.query(sql, [`aorta-relay@%:${pid}`])).rowCount! > 0;
  };
  let written = 0;
  const owned = setup.move();
  return {
    async join() {
      const toPostgres = await startTcpProxy({ to: url });
      const env = { DATABASE_URL: toPostgres.through(url), REDIS_URL: server.url };
      const member = { relay: spawnRole('relay', env), toPostgres };
      members.add(member);
      await until('a relay leads or stands by', () => wantsLease(member.relay));
      return member;
    },
    leave,
    async publishOne() {
      written += 1;
      await writeNumberedEvents(pool, { first: written, count: 1, payloadBytes: 100 });
      await until('the event is published', async () => {
        const state = await readLogState(redis, keys);
        return state !== undefined && state.through >= written;
      });
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = nowMs() + patienceMs;
  while (!(await holds())) {
    if (nowMs() > deadline) throw new Error(`after ${patienceMs} ms it is not so that ${what}`);
    await delay(2);
  }
}
