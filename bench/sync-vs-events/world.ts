/** Both architectures, side by side on one PostgreSQL, each with a database of its own. */
import { type PostgresServer, startPostgres } from '../../dev/postgres.ts';
import { startRedis } from '../../dev/redis.ts';
import { builtInCatalogue, upsertVideos } from '../../src/domains/streaming/catalogue.ts';
import { type Database, openDatabase } from '../../src/platform/postgres.ts';
import { createMigratedDatabase } from '../database.ts';
import { type NodeProcess, startNode } from '../node-process.ts';
import { viewerIds } from './load.ts';
import { reactingServices, viewing } from './services.ts';

/** The service that goes down: neither the first nor the last in the series. */
export const downService = 'notifications';

export interface World extends AsyncDisposable {
  readonly synchronous: {
    readonly database: Database;
    /** Where all services are up */
    readonly url: string;
    /** Where one is down */
    readonly urlWithOneDown: string;
  };
  readonly eventDriven: {
    readonly database: Database;
    readonly url: string;
    /** Kills the worker of the service that goes down. */
    takeDown(): Promise<void>;
    bringBack(): Promise<void>;
  };
}

/** Starts everything, with each program in a process of its own; about ten seconds. Disposal ends all of it. */
export async function startWorld(): Promise<World> {
  await using setup = new AsyncDisposableStack();
  const postgres = setup.use(await startPostgres());
  const synchronous = await startSynchronous(setup, postgres);
  const eventDriven = await startEventDriven(setup, postgres);
  const owned = setup.move();
  return { synchronous, eventDriven, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Makes each viewer of a load a friend of the next, so that there is somebody to notify. */
export async function makeFriends({ prisma }: Database, label: string, viewers: number): Promise<void> {
  const ids = viewerIds(label, viewers);
  const data = ids.map((userId, index) => ({ userId, friendId: ids[(index + 1) % ids.length]! }));
  await prisma.friendship.createMany({ data });
}

async function startSynchronous(
  setup: AsyncDisposableStack,
  postgres: PostgresServer,
): Promise<World['synchronous']> {
  const { url: databaseUrl, database } = await openCatalogue(setup, postgres, 'synchronous');
  const start = async (args: readonly string[]) => {
    const env = { DATABASE_URL: databaseUrl, REDIS_URL: 'redis://unused', PORT: '0' };
    const script = new URL('rival.ts', import.meta.url);
    return endpoint(setup.use(await startNode({ script, args, env, ready: 'rival.started' })));
  };
  return { database, url: await start([]), urlWithOneDown: await start([downService]) };
}

async function startEventDriven(
  setup: AsyncDisposableStack,
  postgres: PostgresServer,
): Promise<World['eventDriven']> {
  const { url: databaseUrl, database } = await openCatalogue(setup, postgres, 'event_driven');
  const redis = setup.use(await startRedis());
  const env = { DATABASE_URL: databaseUrl, REDIS_URL: redis.url, PORT: '0' };
  const role = (name: string) =>
    startNode({
      script: new URL('../../src/app/main.ts', import.meta.url),
      args: [name],
      env,
      ready: `${name}.started`,
    });
  const worker = (services: readonly string[]) =>
    startNode({
      script: new URL('worker.ts', import.meta.url),
      args: [services.join(',')],
      // a slow handler holds its connection: enough of them for every handler that runs at once
      env: { ...env, DATABASE_CONNECTIONS: '60' },
      ready: 'worker.started',
    });
  const names = [viewing, ...reactingServices(() => {})].map(({ name }) => name);
  const api = setup.use(await role('api'));
  setup.use(await role('relay'));
  setup.use(await worker(names.filter((name) => name !== downService)));
  let other = await worker([downService]);
  setup.defer(() => other.kill());
  return {
    database,
    url: endpoint(api),
    takeDown: () => other.kill(),
    async bringBack() {
      other = await worker([downService]);
    },
  };
}

/** A database with the films of the catalogue in it. */
async function openCatalogue(setup: AsyncDisposableStack, postgres: PostgresServer, name: string) {
  const url = await createMigratedDatabase(postgres, name);
  const database = setup.use(openDatabase({ url, application: 'aorta-bench' }));
  await upsertVideos(database.prisma, builtInCatalogue);
  return { url, database };
}

const endpoint = ({ started }: NodeProcess) => `http://127.0.0.1:${started.port}/graphql`;
