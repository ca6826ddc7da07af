/** The servers that are compared: how each is started, and how an event gets to it. */
import mqemitterRedis from 'mqemitter-redis';
import type { Envelope } from '../../src/events/envelope.ts';
import { type MeasuredServer, startMeasuredServer } from '../live/measured-server.ts';
import { rivalEvent } from '../live/rival-event.ts';
import type { LiveWorld } from '../live/world.ts';
import { rawChannels, videoTrigger } from './channels.ts';

export const videoId = 'v1';
export const query = `subscription { watchActivity(videoId: "${videoId}") {
  id type cursor occurredAt ... on WatchStarted { sessionId userId videoId quality } } }`;

export interface Side {
  readonly name: SideName;
  readonly start: () => Promise<MeasuredServer>;
  readonly path: string;
  /** undefined: it sends to every socket that is open */
  readonly query: string | undefined;
  /** How many deliveries a burst may come to: what takes a few seconds at most */
  readonly burstDeliveries: number;
  /** Gives the events to the server, in order, and settles when Redis has them. Calls need not wait for each other. */
  publish(events: readonly Envelope[]): Promise<void>;
}

export const sideNames = ['aorta', 'stock', 'mercurius', 'raw', 'raw coalesced'] as const;
export type SideName = (typeof sideNames)[number];

export interface Sides extends AsyncDisposable {
  readonly sides: readonly Side[];
}

const batchSize = 100; // events of one batch to the log, or of one pipeline to Pub/Sub
const rival = (name: string) => new URL(`servers/${name}.ts`, import.meta.url);

/** Every side there is. Disposal closes what the publishing opened; servers are whoever's that started them. */
export function openSides({ redis, redisServer, log, startApi }: LiveWorld): Sides {
  const env = { REDIS_URL: redisServer.url };
  const emitter = mqemitterRedis({ connectionString: redisServer.url });
  const start = (name: string) => () => startMeasuredServer({ script: rival(name), env });
  const publishAll =
    (channel: string, toMessage: (event: Envelope) => string) => (events: readonly Envelope[]) =>
      inBatches(events, async (batch) => {
        const pipeline = redis.pipeline();
        for (const event of batch) pipeline.publish(channel, toMessage(event));
        for (const [error] of (await pipeline.exec())!) if (error) throw error;
      });
  const selection = (event: Envelope) => rivalEvent(event, log.epoch);
  const publishRaw = (channel: string) =>
    publishAll(channel, (event) => nextMessage(event, selection(event)));
  const graphql = { path: '/graphql', query };
  const raw = { path: '/', query: undefined };

  const sides: readonly Side[] = [
    {
      ...graphql,
      name: 'aorta',
      start: () => startApi(),
      burstDeliveries: 1_000_000,
      publish: (events) => inBatches(events, (batch) => log.publish(batch)),
    },
    {
      ...graphql,
      name: 'stock',
      start: start('stock'),
      burstDeliveries: 30_000,
      publish: publishAll(videoTrigger(videoId), (event) =>
        JSON.stringify({ watchActivity: selection(event) }),
      ),
    },
    {
      ...graphql,
      name: 'mercurius',
      start: start('mercurius'),
      burstDeliveries: 30_000,
      publish: (events) =>
        inBatches(events, async (batch) => {
          await Promise.all(batch.map((event) => emit({ watchActivity: selection(event) })));
        }),
    },
    {
      ...raw,
      name: 'raw',
      start: start('raw'),
      burstDeliveries: 100_000,
      publish: publishRaw(rawChannels.plain),
    },
    {
      ...raw,
      name: 'raw coalesced',
      start: start('raw-coalesced'),
      burstDeliveries: 1_000_000,
      publish: publishRaw(rawChannels.coalesced),
    },
  ];
  return { sides, [Symbol.asyncDispose]: () => new Promise((resolve) => emitter.close(resolve)) };

  function emit(payload: object): Promise<void> {
    return new Promise((resolve, reject) => {
      emitter.emit({ topic: videoTrigger(videoId), payload }, (error) => (error ? reject(error) : resolve()));
    });
  }
}

/** The batches follow each other without waiting. */
async function inBatches(
  events: readonly Envelope[],
  publish: (batch: readonly Envelope[]) => Promise<void>,
): Promise<void> {
  const batches: Promise<void>[] = [];
  for (let at = 0; at < events.length; at += batchSize)
    batches.push(publish(events.slice(at, at + batchSize)));
  await Promise.all(batches);
}

/** What a client of Aorta is sent, so that the raw servers' messages are as long. */
function nextMessage(
  { correlationId }: Envelope,
  { __typename, ...fields }: ReturnType<typeof rivalEvent>,
): string {
  return JSON.stringify({
    id: '00000000-0000-4000-8000-000000000000',
    type: 'next',
    payload: { data: { watchActivity: fields }, extensions: { correlationId, cursor: fields.cursor } },
  });
}
