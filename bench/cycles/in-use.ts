/** Everything that a client which is gone could have left behind, counted by name. */
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';

export type Counts = Readonly<Record<string, number>>;

export interface Stores {
  /** Of the api */
  readonly port: number;
  readonly redis: Redis;
  readonly pool: Pool;
}

/** In the api, in Redis and in PostgreSQL. */
export async function countInUse({ port, redis, pool }: Stores): Promise<Counts> {
  return { ...(await countInApi(port)), ...(await countInRedis(redis)), ...(await countInPostgres(pool)) };
}

/** What is more than it was, with both counts. */
export function exceeding(now: Counts, before: Counts): readonly string[] {
  return Object.entries(now)
    .filter(([name, count]) => count > (before[name] ?? 0))
    .map(([name, count]) => `${name} ${count} (was ${before[name] ?? 0})`);
}

/** What the api says is open: sockets, groups, their subscriptions, signals. */
export async function countLive(port: number): Promise<Counts> {
  const counts = Object.entries(await countInApi(port));
  return Object.fromEntries(counts.filter(([name]) => name.startsWith('aorta_live')));
}

// `history_from_…` tells how much was read so far, and not what is open
const gauges = /^((?:aorta_live\{what="(?!history)|nodejs_active_resources\{).*\}) (\d+)$/gm;

/** That, and the handles, requests and timers that Node holds for it, by kind. */
async function countInApi(port: number): Promise<Counts> {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Object.fromEntries([...metrics.matchAll(gauges)].map(([, name, count]) => [name!, Number(count)]));
}

/** Connections by name, and channels with how many listen to them. */
async function countInRedis(redis: Redis): Promise<Counts> {
  const list = String(await redis.client('LIST'));
  const names = [...list.matchAll(/ name=(\S*) /g)].map(([, name]) => `connections ${name}`);
  const byName = Map.groupBy(names, (name) => name);
  const channels = (await redis.pubsub('CHANNELS')) as string[];
  const listeners = (await redis.pubsub('NUMSUB', ...channels)) as (string | number)[];
  return {
    ...Object.fromEntries([...byName].map(([name, { length }]) => [name, length])),
    ...Object.fromEntries(
      channels.map((name, index) => [`channel ${name}`, Number(listeners[2 * index + 1])]),
    ),
  };
}

async function countInPostgres(pool: Pool): Promise<Counts> {
  const { rows } = await pool.query<{ running: number }>(
    `SELECT count(*)::int AS running FROM pg_stat_activity
      WHERE datname = current_database() AND application_name LIKE 'aorta-api%' AND state <> 'idle'`,
  );
  return { 'statements of the api that run in PostgreSQL': rows[0]!.running };
}
