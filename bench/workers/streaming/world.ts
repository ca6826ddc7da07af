/** All seven services of the streaming domain as a deployment runs them. */
import type { Redis } from 'ioredis';
import { startPostgres } from '../../../dev/postgres.ts';
import { startRedis } from '../../../dev/redis.ts';
import { streamingModule } from '../../../src/app/streaming-module.ts';
import { createLogger } from '../../../src/platform/logger.ts';
import { type Database, openDatabase } from '../../../src/platform/postgres.ts';
import { openRedis } from '../../../src/platform/redis.ts';
import { createMigratedDatabase } from '../../database.ts';
import { startNode } from '../../node-process.ts';

/** The six services that react: in one worker process, or in one each. The seventh is the api. */
export type Services = 'together' | 'apart';

export interface StreamingWorld extends AsyncDisposable {
  readonly database: Database;
  readonly redis: Redis;
  /** Of the GraphQL endpoint */
  readonly url: string;
  readonly processes: readonly AortaProcess[];
}

export interface AortaProcess {
  /** The service that it is, or its role */
  readonly name: string;
  readonly pid: number;
  readonly metricsUrl: string;
}

const main = new URL('../../../src/app/main.ts', import.meta.url);

/** Starts everything, migrated and empty; about ten seconds. PostgreSQL waits for its disk here, as in production. */
export async function startStreamingWorld(services: Services): Promise<StreamingWorld> {
  await using setup = new AsyncDisposableStack();
  const postgres = setup.use(await startPostgres());
  const server = setup.use(await startRedis());
  const databaseUrl = await createMigratedDatabase(postgres, 'streaming');
  const database = setup.use(openDatabase({ url: databaseUrl, application: 'aorta-bench' }));
  const redis = openRedis({ url: server.url, name: 'aorta-bench', logger: createLogger('bench', 'silent') });
  setup.defer(() => redis.disconnect());
  const env = { DATABASE_URL: databaseUrl, REDIS_URL: server.url, PORT: '0' };
  const start = async (name: string, role: string, ...args: readonly string[]) => {
    const node = setup.use(
      await startNode({ script: main, args: [role, ...args], env, ready: `${role}.started` }),
    );
    const { pid, port, healthPort } = node.started;
    const metricsUrl = `http://127.0.0.1:${healthPort ?? port}/metrics`;
    return { name, pid: Number(pid), metricsUrl };
  };
  const api = await start('viewing (api)', 'api');
  const processes = [api, await start('relay', 'relay')];
  if (services === 'together') processes.push(await start('worker', 'worker'));
  else {
    for (const { name } of streamingModule.reactions(() => {}))
      processes.push(await start(name, 'worker', '--only', name));
  }
  const owned = setup.move();
  return {
    database,
    redis,
    url: new URL('/graphql', api.metricsUrl).href,
    processes,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
