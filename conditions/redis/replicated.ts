/** Redis servers that replace each other by themselves. */
import { setTimeout as delay } from 'node:timers/promises';
import { startRedisCluster } from '../../dev/redis-cluster.ts';
import { startSentinel } from '../../dev/redis-sentinel.ts';
import { logKeys } from '../../src/log/keys.ts';
import { readLogRow } from '../../src/outbox/log-row.ts';
import { openDatabase } from '../../src/platform/postgres.ts';
import type { Condition, Surroundings } from '../condition.ts';
import { postgresWith } from '../servers.ts';

const underWayMs = 1_000;
const electedMs = 5_000; // what the Sentinels, or the other masters, take to agree

interface Replicated {
  readonly url: string;
  readonly killMaster?: (databaseUrl: string) => Promise<void>;
}

const on = (name: string, start: (setup: AsyncDisposableStack) => Promise<Replicated>): Condition => ({
  name,
  right: 'works',
  async prepare(setup): Promise<Surroundings> {
    const DATABASE_URL = (await postgresWith(setup)).url();
    const { url, killMaster } = await start(setup);
    const surroundings = { env: { DATABASE_URL, REDIS_URL: url }, truthUrl: DATABASE_URL };
    if (!killMaster) return surroundings;
    return {
      ...surroundings,
      async during() {
        await delay(underWayMs);
        await killMaster(DATABASE_URL);
        await delay(electedMs);
      },
    };
  },
});

export const replicatedRedis: readonly Condition[] = [
  on('Redis behind Sentinels, whose primary dies', async (setup) => {
    const { url, primary } = setup.use(await startSentinel());
    return { url, killMaster: () => primary.kill() };
  }),
  on('a Redis Cluster', async (setup) => setup.use(await startRedisCluster())),
  on('a Redis Cluster, of which the master of the log dies', async (setup) => {
    const cluster = setup.use(await startRedisCluster({ replicas: true }));
    return {
      url: cluster.url,
      async killMaster(databaseUrl) {
        await using database = openDatabase({ url: databaseUrl, application: 'conditions' });
        const { epoch } = await readLogRow(database.pool);
        await (await cluster.masterOf(logKeys('aorta', epoch).meta)).kill();
      },
    };
  }),
];
