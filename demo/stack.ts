/** The servers and roles of the demo: its own PostgreSQL, a Redis, and the processes that production runs. */
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isFree } from '../dev/free-port.ts';
import { startPostgres } from '../dev/postgres.ts';
import { type Role, type RoleProcess, spawnRole } from '../dev/role-process.ts';
import { builtInCatalogue, upsertVideos } from '../src/domains/streaming/catalogue.ts';
import { applyMigrations } from '../src/platform/migrations/apply.ts';
import { type Database, openDatabase } from '../src/platform/postgres.ts';
import { type DemoRedis, openDemoRedis } from './redis.ts';
import type { Screen } from './screen.ts';

/** PORT as it is set, else the one that the README names, else any. */
async function choosePort(): Promise<string> {
  return process.env.PORT ?? ((await isFree(4000)) ? '4000' : '0');
}

export interface Stack extends AsyncDisposable {
  readonly database: Database;
  readonly redis: DemoRedis['commands'];
  readonly logName: string;
  /** The API's endpoint */
  readonly url: string;
  /** Aborted, with an error as reason, when a role ends without having been asked to */
  readonly broken: AbortSignal;
  /** Starts a worker that runs these services only. */
  startServices(names: readonly string[]): Promise<void>;
  /** Kills the worker with SIGKILL, and starts another like it. What goes wrong shows in `broken`. */
  killWorker(): Promise<void>;
  /** Warnings and worse that the roles logged, the newest few */
  readonly warnings: readonly string[];
  /** Where the roles' log is; kept after the end when `keepLog` was called */
  readonly logFile: string;
  keepLog(): void;
}

const pinoWarn = 40;

export interface StackOptions {
  readonly screen: Screen;
  readonly services: readonly string[];
  /** Services that are made known and then stopped */
  readonly without: readonly string[];
  readonly signal: AbortSignal;
}

/** Starts everything, migrated and empty. What was started is stopped again when something fails or `signal` aborts. */
export async function startStack({ screen, services, without, signal }: StackOptions): Promise<Stack> {
  await using setup = new AsyncDisposableStack();
  const log = openLog();
  setup.defer(log.end);
  const postgres = await screen.phase('PostgreSQL, a server of the demo’s own', () =>
    // tells when each event was committed, so that latency is measured from there
    startPostgres({ settings: ['track_commit_timestamp=on'] }),
  );
  setup.use(postgres);
  signal.throwIfAborted();
  const logName = `demo-${randomBytes(5).toString('hex')}`;
  const redis = setup.use(await screen.phase('Redis', () => openDemoRedis(process.env.REDIS_URL, logName)));
  signal.throwIfAborted();
  const databaseUrl = postgres.url();
  await screen.phase('Migrations', () => applyMigrations(databaseUrl));
  const database = setup.use(openDatabase({ url: databaseUrl, application: 'demo' }));
  await upsertVideos(database.prisma, builtInCatalogue); // the playground's examples watch one of them
  signal.throwIfAborted();

  const broken = new AbortController();
  const env = {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redis.url,
    LOG_NAME: logName,
    PORT: await choosePort(),
    WORKER_LOCK_MS: '3000', // what a killed worker had in hand is with another that soon
  };
  const running = new Set<RoleProcess>();
  const stop = async (role: RoleProcess) => {
    running.delete(role);
    await role.stop();
  };
  setup.defer(async () => {
    await Promise.all([...running].map(stop));
  });
  const start = async (role: Role, args: readonly string[] = []) => {
    const started = spawnRole(role, env, args, (line) => log.add(role, line));
    running.add(started);
    void started.exited.then(({ code, signal: by }) => {
      if (running.delete(started))
        broken.abort(new Error(`the ${role} ended by itself (${by ?? `code ${code}`})`));
    });
    const line = await started.waitForLog(`${role}.started`, { timeoutMs: 30_000 });
    return { started, line };
  };
  let worker: { readonly process: RoleProcess; readonly names: readonly string[] } | undefined;
  const startServices = async (names: readonly string[]) => {
    const { started } = await start('worker', ['--only', names.join(',')]);
    worker = { process: started, names };
  };
  const killWorker = async () => {
    if (!worker) return;
    running.delete(worker.process);
    await worker.process.kill();
    await startServices(worker.names).catch((error) => broken.abort(error));
  };

  const url = await screen.phase('api, relay and worker', async () => {
    if (without.length > 0) {
      // known to the relay like any service that has run before, and then away
      const { started } = await start('worker', ['--only', without.join(',')]);
      await stop(started);
    }
    const others = services.filter((name) => !without.includes(name));
    const [api] = await Promise.all([
      start('api'),
      start('relay'),
      others.length > 0 && startServices(others),
    ]);
    return String(api.line.url);
  });
  const owned = setup.move();
  return {
    database,
    redis: redis.commands,
    logName,
    url,
    broken: broken.signal,
    startServices,
    killWorker,
    warnings: log.warnings,
    logFile: log.file,
    keepLog: log.keep,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** One file for all roles' lines, in a folder of its own that `end` removes. */
function openLog() {
  const folder = mkdtempSync(path.join(tmpdir(), 'aorta-demo-'));
  const file = path.join(folder, 'roles.log');
  const warnings: string[] = [];
  let kept = false;
  const remove = () => {
    if (!kept) rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', remove); // the second Ctrl-C ends this process without more ado
  const severe = (line: string) =>
    !line.startsWith('{') || Number(/"level":(\d+)/.exec(line)?.[1]) >= pinoWarn;
  return {
    file,
    warnings,
    add(role: Role, line: string) {
      appendFileSync(file, `${line}\n`);
      if (!severe(line)) return;
      warnings.push(`${role}: ${line}`);
      if (warnings.length > 20) warnings.shift();
    },
    keep() {
      kept = true;
    },
    end: remove,
  };
}
