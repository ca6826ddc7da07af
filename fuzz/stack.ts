/** The front door under attack, with all behind it: an api that is measured and started again when it ends. */

import { type Counts, countInUse } from '../bench/cycles/in-use.ts';
import { createMigratedDatabase } from '../bench/database.ts';
import { apiRole, type MeasuredServer, startMeasuredServer } from '../bench/live/measured-server.ts';
import { readHeapBytes } from '../bench/slow/heap.ts';
import { freePort } from '../dev/free-port.ts';
import { startPostgres } from '../dev/postgres.ts';
import { startRedis } from '../dev/redis.ts';
import { spawnRole } from '../dev/role-process.ts';
import { upsertVideos } from '../src/domains/streaming/catalogue.ts';
import { createLogger } from '../src/platform/logger.ts';
import { openDatabase } from '../src/platform/postgres.ts';
import { openRedis } from '../src/platform/redis.ts';

export interface Stack extends AsyncDisposable {
  readonly port: number;
  readonly pool: ReturnType<typeof openDatabase>['pool'];
  /** Whether the api has ended since it was last started */
  readonly hasEnded: boolean;
  /** What it wrote last */
  readonly lastLines: readonly string[];
  /** Bytes that it has logged so far */
  readonly loggedBytes: number;
  /** Starts the api again when it has ended. */
  revive(): Promise<void>;
  /** What is open in the api, in Redis and in PostgreSQL */
  inUse(): Promise<Counts>;
  heapBytes(): Promise<number>;
}

/** Nobody outside knows it */
export const secret = 'of the api that is fuzzed, and of nobody else';

/** Starts everything; a few seconds. Disposal ends all of it. */
export async function startStack(): Promise<Stack> {
  await using setup = new AsyncDisposableStack();
  const postgres = setup.use(await startPostgres({ fast: true, settings: ['track_commit_timestamp=on'] }));
  const databaseUrl = await createMigratedDatabase(postgres, 'fuzz');
  const database = setup.use(openDatabase({ url: databaseUrl, application: 'aorta-fuzz' }));
  await upsertVideos(database.prisma, [{ id: 'v0', title: 'Metropolis', year: 1927, genres: ['Drama'] }]);
  const redisServer = setup.use(await startRedis());
  const redis = openRedis({
    url: redisServer.url,
    name: 'aorta-fuzz',
    logger: createLogger('fuzz', 'silent'),
  });
  setup.defer(() => redis.disconnect());
  const stores = { DATABASE_URL: databaseUrl, REDIS_URL: redisServer.url };
  const port = await freePort();
  const lastLines: string[] = [];
  let loggedBytes = 0;
  const note = (line: string) => {
    loggedBytes += line.length + 1;
    lastLines.push(line);
    if (lastLines.length > 15) lastLines.shift();
  };
  let api: MeasuredServer;
  let hasEnded = false;
  const launch = async () => {
    hasEnded = false;
    const launched = await startMeasuredServer({
      script: apiRole,
      args: ['api'],
      env: { ...stores, PORT: String(port), JWT_SECRET: secret, KEEP_ALIVE_MS: '2000' },
      onLine: note,
    });
    void launched.exited.then(() => {
      hasEnded = true;
    });
    api = launched;
  };
  await launch();
  setup.defer(() => api.kill());
  const relay = setup.use(spawnRole('relay', stores));
  await relay.waitForLog('lease.taken');

  const owned = setup.move();
  return {
    port,
    pool: database.pool,
    get hasEnded() {
      return hasEnded;
    },
    lastLines,
    get loggedBytes() {
      return loggedBytes;
    },
    async revive() {
      if (hasEnded) await launch();
    },
    inUse: () => countInUse({ port, redis, pool: database.pool }),
    heapBytes: () => readHeapBytes(api),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
