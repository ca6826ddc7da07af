/** Nothing in the protocol says that a subscription stands, only an event that arrives. */
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Client } from '../clients.ts';
import { channels, type StockEvent } from './schema.ts';

const probe: Omit<StockEvent, 'type'> = { id: 'probe', userId: '' };
const pauseMs = 50;
const patienceMs = 30_000;

/** Publishes probes until every client has received one; gives the clients without them. */
export async function untilSubscribed(
  redisUrl: string,
  clients: readonly Client[],
): Promise<readonly Client[]> {
  const redis = new Redis(redisUrl);
  const followers = clients.flatMap((client) => client.followers);
  const deadline = performance.now() + patienceMs;
  try {
    while (followers.some(({ arrivals }) => arrivals.length === 0)) {
      if (performance.now() > deadline) throw new Error('some clients of the recipe received nothing');
      for (const type of ['video.watch_started', 'video.heartbeat'])
        await redis.publish(channels.all, JSON.stringify({ events: { ...probe, type } }));
      for (const user of ['u0', 'u1'])
        await redis.publish(
          channels.ofUser(user),
          JSON.stringify({ watchActivity: { ...probe, type: 'video.watch_started' } }),
        );
      await delay(pauseMs);
    }
  } finally {
    redis.disconnect();
  }
  return clients.map((client) => ({ ...client, followers: client.followers.map(withoutProbes) }));
}

const withoutProbes = (follower: Client['followers'][number]): Client['followers'][number] => ({
  name: follower.name,
  wish: follower.wish,
  get arrivals() {
    return follower.arrivals.filter(({ id }) => id !== probe.id);
  },
  get refused() {
    return follower.refused;
  },
});
