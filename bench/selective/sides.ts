/** The servers that are compared: the same api with few and with many users, and the usual stack likewise. */
import { openLogPublisher } from '../live/log-publisher.ts';
import { type MeasuredServer, startMeasuredServer } from '../live/measured-server.ts';
import { rivalEvent } from '../live/rival-event.ts';
import { watchStartedEnvelope } from '../live/viewing-events.ts';
import type { LiveWorld } from '../live/world.ts';

/** The subscription of one user's own socket */
export const query = `subscription ($userId: ID!) { watchActivity(userId: $userId) {
  id type cursor occurredAt ... on WatchStarted { sessionId userId videoId quality } } }`;

export interface Side {
  readonly name: SideName;
  readonly server: MeasuredServer;
  /** Publishes one event, and settles when Redis has it. */
  publish(event: { readonly sequence: number; readonly userId: string }): Promise<void>;
}

export type SideName = 'aorta' | 'stock';

/** Starts a server that hears of its own users only, whatever other servers there are. */
export type StartSide = (world: LiveWorld, subscribers: number) => Promise<Side>;

// what a keep-alive costs grows with the sockets, whatever happens; here it comes after everything
const keepAliveMs = '600000';
const videoId = 'v1';

export const startAorta: StartSide = async ({ redis, database, startApi }, subscribers) => {
  const logName = `selective-${subscribers}`;
  const log = await openLogPublisher({ redis, pool: database.pool, logName });
  const server = await startApi({ LOG_NAME: logName, KEEP_ALIVE_MS: keepAliveMs });
  const publish: Side['publish'] = (event) => log.publish([watchStartedEnvelope({ ...event, videoId })]);
  return { name: 'aorta', server, publish };
};

export const startStock: StartSide = async ({ redis, redisServer, log }, subscribers) => {
  const channel = `WATCH_ACTIVITY:${subscribers}`;
  const server = await startMeasuredServer({
    script: new URL('stock-server.ts', import.meta.url),
    args: [channel],
    env: { REDIS_URL: redisServer.url },
  });
  const publish: Side['publish'] = async (event) => {
    const watchActivity = rivalEvent(watchStartedEnvelope({ ...event, videoId }), log.epoch);
    await redis.publish(channel, JSON.stringify({ watchActivity }));
  };
  return { name: 'stock', server, publish };
};
