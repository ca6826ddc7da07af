/** Aorta under load: servers of its own, two of each role, each with its own connections that faults can reach. */

import { readProgress, readRecorded } from '../demo/truth.ts';
import { startPostgres } from '../dev/postgres.ts';
import { type Role, spawnRole } from '../dev/role-process.ts';
import { startTcpProxy, type TcpProxy } from '../dev/tcp-proxy.ts';
import { applyMigrations } from '../src/platform/migrations/apply.ts';
import { openDatabase } from '../src/platform/postgres.ts';
import { seats } from './audience.ts';
import { findWrongMoney } from './bank.ts';
import { openClient } from './clients.ts';
import { findWrongEffects } from './effects.ts';
import { reachable } from './faults.ts';
import { chooseApi, type Instance, type Launched, startInstance } from './instance.ts';
import { judgeAnswers, judgeLog } from './judge.ts';
import { startChaosRedis } from './redis.ts';
import { untilNobodyIsBehind } from './settle.ts';
import type { System } from './system.ts';
import { addCatalogue, readCommitted, readHead } from './truth.ts';
import { startWriters, type Writers } from './writers/start.ts';

const roles = ['relay', 'worker', 'api'] as const;
const clockAhead = new URL('clock-ahead.ts', import.meta.url).href;

const stallMs = 60_000; // far longer than any wait of ours: what is not there by then is not late

// short, so that what is noticed by a time-out is noticed within a run
const env = { PORT: '0', WORKER_LOCK_MS: '2000', KEEP_ALIVE_MS: '500', DRAIN_MS: '500', LOG_LEVEL: 'info' };

/** Starts all of it, migrated, with videos and friends, and opens the clients. */
export async function startAorta(seed: number, signal: AbortSignal): Promise<System> {
  await using setup = new AsyncDisposableStack();
  const postgres = setup.use(
    // tells when each event was committed
    await startPostgres({ fast: true, settings: ['track_commit_timestamp=on'] }),
  );
  const redis = setup.use(await startChaosRedis());
  signal.throwIfAborted();
  await applyMigrations(postgres.url());
  const truth = setup.use(openDatabase({ url: postgres.url(), application: 'chaos-truth' }));
  await addCatalogue(truth);

  const openLinks = async (names: readonly string[], to: string) => {
    const links = new Map<string, TcpProxy>();
    for (const name of names) links.set(name, setup.use(await startTcpProxy({ to })));
    return links;
  };
  const redisLinks = await openLinks(reachable['redis link'], redis.server.url);
  const postgresLinks = await openLinks(reachable['postgres link'], postgres.url());
  const written = setup.use(
    openDatabase({
      url: postgresLinks.get('writers')!.through(postgres.url()),
      application: 'chaos-writers',
    }),
  );

  const instances = new Map<string, Instance>();
  for (const role of roles) {
    for (const name of reachable[role]) {
      const own = {
        ...env,
        DATABASE_URL: postgresLinks.get(name)!.through(postgres.url()),
        REDIS_URL: redisLinks.get(name)!.through(redis.server.url),
      };
      const launch = ({ clockAheadMs }: { clockAheadMs: number }) => launchRole(role, own, clockAheadMs);
      instances.set(name, setup.use(startInstance({ name, launch })));
    }
  }
  await Promise.all([...instances.values()].map(({ firstReady }) => firstReady));
  signal.throwIfAborted();
  const chooseUrl = () => chooseApi(instances);
  const after = await readHead(chooseUrl());
  const clients = seats.map((seat) => setup.use(openClient(seat, { chooseUrl, after })));

  let writers: Writers;
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
    inPositionOrder: true,
    startWriting() {
      writers = owned.use(startWriters({ seed, database: written, chooseUrl }));
      return writers;
    },
    stallMs,
    settle: () =>
      untilNobodyIsBehind(stallMs, signal, async () => {
        const progress = await readProgress(truth.pool);
        return progress.reduce((sum, each) => sum + each.expected - each.handled - each.dead, 0);
      }),
    async readTruth() {
      const recorded = await readRecorded(truth.pool);
      const answers = judgeAnswers(writers.acknowledged, await readCommitted(truth));
      const wrongEffects = [
        ...(await findWrongMoney(truth.pool, writers.ledger)),
        ...(await findWrongEffects(truth.pool)),
      ];
      return { recorded, wrongs: [...judgeLog(recorded), ...answers], wrongEffects };
    },
    get mishaps() {
      return [...instances.values()].flatMap(({ name, endedByItself }) =>
        endedByItself.map((lines) => `${name} ended by itself. It said last:\n${lines}`),
      );
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function launchRole(role: Role, own: Readonly<Record<string, string>>, clockAheadMs: number): Launched {
  const lines: string[] = [];
  const extra =
    clockAheadMs === 0
      ? {}
      : { NODE_OPTIONS: `--import=${clockAhead}`, CLOCK_AHEAD_MS: String(clockAheadMs) };
  const started = spawnRole(role, { ...own, ...extra }, [], (line) => {
    lines.push(line);
    if (lines.length > 5) lines.shift();
  });
  return {
    // stores that are away can hold it up for as long as a fault lasts
    ready: started
      .waitForLog(`${role}.started`, { timeoutMs: 120_000 })
      .then(({ url }) => (url === undefined ? undefined : String(url))),
    exited: started.exited,
    signal: started.signal,
    stop: started.stop,
    lastLines: () => lines,
  };
}
