/** The same storm over the stack that most people run: graphql-yoga, graphql-ws and graphql-redis-subscriptions. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { videoTrigger } from '../fanout/channels.ts';
import { startMeasuredServer } from '../live/measured-server.ts';
import { gatherAudience } from './audience.ts';
import type { Subscription } from './resuming-client.ts';
import type { Verdict } from './verdict.ts';
import { startWriter } from './writer.ts';

const stock = new URL('../fanout/servers/stock.ts', import.meta.url);

/** It has films where Aorta's side has users: a channel of its own for each client all the same. */
const subscriptionOf = (videoId: string): Subscription => ({
  query: 'subscription ($videoId: ID!) { watchActivity(videoId: $videoId) { id } }',
  variables: { videoId },
  resumes: false,
});

export interface RivalOptions {
  readonly redis: Redis;
  readonly redisUrl: string;
  readonly clients: number;
  readonly perSecond: number;
  readonly storms: number;
  /** From the cut until the clients may come back, ms */
  readonly outageMs: number;
}

export interface RivalStorms extends Verdict {
  readonly written: number;
}

/** Cuts all sockets some times while events go on; nothing else happens to it. */
export async function raiseRivalStorms(options: RivalOptions): Promise<RivalStorms> {
  const { redis, redisUrl, clients, perSecond, storms, outageMs } = options;
  await using server = await startMeasuredServer({ script: stock, env: { REDIS_URL: redisUrl } });
  const url = `ws://127.0.0.1:${server.port}/graphql`;
  using audience = gatherAudience({ url, size: clients, subscriptionOf });
  const written = new Map<string, string[]>(audience.users.map((user) => [user, []]));
  const publish = async (users: readonly string[]) => {
    const pipeline = redis.pipeline();
    for (const user of users) {
      const id = randomUUID();
      written.get(user)!.push(id);
      const watchActivity = { __typename: 'WatchStarted', id };
      pipeline.publish(videoTrigger(user), JSON.stringify({ watchActivity }));
    }
    await pipeline.exec();
  };

  await audience.connect();
  await untilSubscribed(redis, clients);
  await using writer = startWriter({ users: audience.users, perSecond, write: publish });
  for (let round = 0; round < storms; round += 1) {
    await delay(outageMs); // calm
    audience.cut();
    await delay(outageMs);
    await audience.connect();
    await untilSubscribed(redis, clients);
  }
  await writer.stop();
  await untilQuiet(() => audience.received);
  return { ...audience.judge(written), written: writer.written };
}

/** It has listened to nobody's channel that it was not asked for, and so it listens to all when there are this many. */
async function untilSubscribed(redis: Redis, channels: number): Promise<void> {
  while (((await redis.pubsub('CHANNELS', videoTrigger('*'))) as unknown[]).length < channels)
    await delay(20);
}

const quietMs = 1_000;

async function untilQuiet(received: () => number): Promise<void> {
  for (let seen = -1; seen !== received(); ) {
    seen = received();
    await delay(quietMs);
  }
}
