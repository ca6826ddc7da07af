/** The usual recipe under the same load and faults: two apis, a service, and no relay, as it has none. */
import pg from 'pg';
import { createRandom } from '../../demo/simulate.ts';
import type { Recorded } from '../../demo/verdict.ts';
import { startPostgres } from '../../dev/postgres.ts';
import { startTcpProxy, type TcpProxy } from '../../dev/tcp-proxy.ts';
import { seats, type Wish } from '../audience.ts';
import { openClient } from '../clients.ts';
import { chooseApi, type Instance, startInstance } from '../instance.ts';
import { judgeAnswers } from '../judge.ts';
import { startChaosRedis } from '../redis.ts';
import type { System } from '../system.ts';
import { type Acknowledged, watchVideos } from '../writers/viewers.ts';
import type { WrongEffect } from '../wrong-effect.ts';
import { createStockClient } from './client.ts';
import { launchStock } from './launch.ts';
import { tables } from './schema.ts';
import { untilSubscribed } from './until-subscribed.ts';

const programs = {
  'worker-0': new URL('worker.ts', import.meta.url),
  'api-0': new URL('api.ts', import.meta.url),
  'api-1': new URL('api.ts', import.meta.url),
};
const viewers = 9; // as many as write to Aorta
const isOffered = ({ query }: Wish) => /\b(events|watchActivity)\(/.test(query) && !query.includes('bank.');

/** Starts all of it, and opens the clients that Aorta has, but for what the recipe does not offer. */
export async function startStock(seed: number, signal: AbortSignal): Promise<System> {
  await using setup = new AsyncDisposableStack();
  const postgres = setup.use(await startPostgres({ fast: true, settings: ['track_commit_timestamp=on'] }));
  const redis = setup.use(await startChaosRedis());
  const pool = setup.adopt(new pg.Pool({ connectionString: postgres.url() }), (own) => own.end());
  pool.on('error', () => {});
  await pool.query(tables);
  signal.throwIfAborted();

  const redisLinks = new Map<string, TcpProxy>();
  const postgresLinks = new Map<string, TcpProxy>();
  const instances = new Map<string, Instance>();
  for (const [name, script] of Object.entries(programs)) {
    const toRedis = setup.use(await startTcpProxy({ to: redis.server.url }));
    const toPostgres = setup.use(await startTcpProxy({ to: postgres.url() }));
    redisLinks.set(name, toRedis);
    postgresLinks.set(name, toPostgres);
    const env = {
      REDIS_URL: toRedis.through(redis.server.url),
      DATABASE_URL: toPostgres.through(postgres.url()),
    };
    instances.set(name, setup.use(startInstance({ name, launch: () => launchStock(script, env) })));
  }
  await Promise.all([...instances.values()].map(({ firstReady }) => firstReady));
  const chooseUrl = () => chooseApi(instances);
  const opened = seats.flatMap(({ wishes, ...seat }) => {
    const askable = wishes.filter(isOffered);
    const options = { chooseUrl, after: '', createSocket: createStockClient };
    return askable.length > 0 ? [setup.use(openClient({ ...seat, wishes: askable }, options))] : [];
  });

  const clients = await untilSubscribed(redis.server.url, opened);

  const acknowledged: Acknowledged[] = [];
  const owned = setup.move();
  return {
    stage: {
      postgres,
      redis,
      instances,
      redisLinks,
      postgresLinks,
      clients: new Map(clients.map((client) => [client.name, client])),
    },
    clients,
    inPositionOrder: false,
    startWriting() {
      const stopping = new AbortController();
      const finished = Promise.all(
        Array.from({ length: viewers }, (_, index) => {
          // some of the users whom clients follow
          const userId = index < 3 ? `u${index}` : `viewer-${index}`;
          const random = createRandom(seed * 1_000 + index);
          return watchVideos({ userId, chooseUrl, random, signal: stopping.signal, acknowledged });
        }),
      );
      finished.catch(() => {});
      return {
        async stop() {
          stopping.abort();
          await finished;
        },
      };
    },
    // nothing says what is still under way
    settle: async () => {},
    stallMs: 3_000,
    async readTruth() {
      const { rows: recorded } = await pool.query<Recorded>(recordedEvents);
      const { rows: wrongEffects } = await pool.query<WrongEffect>(wrongEffectsOfEvents);
      const { rows: causes } = await pool.query<{ correlation_id: string }>(
        'SELECT correlation_id FROM event',
      );
      const { rows: sessions } = await pool.query<{ id: string }>('SELECT id FROM session');
      const committed = {
        correlationIds: new Set(causes.map((row) => row.correlation_id)),
        startedSessions: new Set(sessions.map(({ id }) => id)),
      };
      return { recorded, wrongs: judgeAnswers(acknowledged, committed), wrongEffects };
    },
    get mishaps() {
      return [...instances.values()].flatMap(({ name, endedByItself }) =>
        endedByItself.map((lines) => `${name} ended by itself. It said last:\n${lines}`),
      );
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const recordedEvents = `
  SELECT id::text, position::int, type, ARRAY['user:' || user_id] AS keys, 'session/' || session_id AS aggregate,
         version AS "aggregateVersion", extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 * 1000 AS "committedAt"
    FROM event ORDER BY event.position`;

const wrongEffectsOfEvents = `
  SELECT 'worker' AS service, 'effects of ' || type AS what, '1' AS expected, count(effect.event_id)::text AS actual,
         event.id::text AS "eventId"
    FROM event LEFT JOIN effect ON effect.event_id = event.id
   GROUP BY event.id, event.type, event.position HAVING count(effect.event_id) <> 1
   ORDER BY event.position`;
