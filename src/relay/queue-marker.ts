/**
 * Tells whether Redis still holds every job that Postgres counts as added. Beside the queues in Redis stands a random
 * id with the identity of the Postgres server and a count of the batches; in Postgres stand the id and the count, saved
 * with the checkpoint. The id is gone when Redis lost its memory, the count is too low when it lost its last writes;
 * and when Postgres is another server or an older state, jobs may be done there whose effects are lost here.
 */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { ClientBase } from 'pg';
import { queueMarkerKey } from '../log/keys.ts';
import { systemIdentifier, timeline } from '../outbox/server-identity.ts';
import { type MarkerRow, markerRowOf } from './marker-row.ts';
import { watchConnection } from './watch-connection.ts';

export interface QueueMarker extends Pick<MarkerRow, 'saveEnqueued'> {
  stands(): Promise<boolean>;
  /** Counts a batch that was added. Gives what to save with its checkpoint, or undefined when the marker does not stand. */
  count(): Promise<string | undefined>;
  /** Runs `enqueueMissing` and sets a new marker, unless Redis lost its memory again meanwhile. */
  heal(enqueueMissing: () => Promise<void>): Promise<void>;
}

export interface QueueMarkerOptions {
  readonly redis: Redis;
  readonly logName: string;
  /** Whose queues it is for, when they are a shard of their own */
  readonly consumer?: string | undefined;
}

// a count above the expected one is that of another leader, late or new: all of its jobs are there
const countScript = `
local id, count = string.match(redis.call('GET', KEYS[1]) or '', '^(.*):(%d+)$')
if id ~= ARGV[1] or tonumber(count) < tonumber(ARGV[2]) then return 0 end
if tonumber(count) < tonumber(ARGV[3]) then redis.call('SET', KEYS[1], id .. ':' .. ARGV[3]) end
return 1`;

const replaceScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`;

/** Reads what this server of Postgres expects. The marker is of no use beyond the connection. */
export async function openQueueMarker(client: ClientBase, options: QueueMarkerOptions): Promise<QueueMarker> {
  const { redis, logName, consumer } = options;
  const key = queueMarkerKey(logName, consumer);
  const row = markerRowOf(consumer);
  const server = await identifyServer(client);
  let [id = '', counted] = ((await row.read(client)) ?? '').split(':');
  let count = Number(counted);
  // exactly, at first: a count above it says that Postgres went back, or that a leader died before it could save
  let standing = (await redis.get(key)) === `${id}@${server}:${count}`;
  const countTo = async (next: number) =>
    standing && (await redis.eval(countScript, 1, key, `${id}@${server}`, count, next)) === 1;
  return {
    stands: () => countTo(count),
    async count() {
      if (!(await countTo(count + 1))) return undefined;
      count += 1;
      return `${id}:${count}`;
    },
    saveEnqueued: row.saveEnqueued,
    async heal(enqueueMissing) {
      const healing = `healing:${randomUUID()}`;
      // from here on no late leader's checkpoint counts: it might tell of jobs that were added before they were lost
      await row.write(client, healing);
      // gone with Redis's memory, like the jobs that are added under it
      await redis.set(key, healing);
      using connection = watchConnection(redis);
      await enqueueMissing();
      id = randomUUID();
      count = 0;
      await redis.eval(replaceScript, 1, key, healing, `${id}@${server}:0`);
      connection.throwIfLost(); // last of all it is counted: until then the queues are healed again
      await row.write(client, `${id}:0`);
      standing = true;
    },
  };
}

/** Another one after a failover, and in a database that was restored elsewhere or to a point in time. */
async function identifyServer(client: ClientBase): Promise<string> {
  // without the first, an older state is told by the owner's beat, and the marker is cleared when it takes over
  return `${(await systemIdentifier(client)) ?? ''}.${await timeline(client)}`;
}
