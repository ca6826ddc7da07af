/**
 * The main job, the bank and the audit on some surroundings: viewers and customers over the API, clients that follow the
 * log over both transports, and afterwards the same comparison as after chaos: what was committed with what every client
 * saw, what every service did, what customers were told and how much money there is.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { seats } from '../chaos/audience.ts';
import { findWrongMoney } from '../chaos/bank.ts';
import { openClient } from '../chaos/clients.ts';
import { findWrongEffects } from '../chaos/effects.ts';
import { judgeAnswers, judgeArrivals, judgeLog } from '../chaos/judge.ts';
import { untilAllHaveArrived, untilNobodyIsBehind } from '../chaos/settle.ts';
import { addCatalogue, readCommitted, readHead } from '../chaos/truth.ts';
import { startWriters } from '../chaos/writers/start.ts';
import { readProgress, readRecorded } from '../demo/truth.ts';
import { freePort } from '../dev/free-port.ts';
import { spawnRole } from '../dev/role-process.ts';
import { type Database, openDatabase } from '../src/platform/postgres.ts';
import type { Stage, Surroundings } from './condition.ts';
import { runProgram } from './program.ts';
import { findWrongTimes } from './times.ts';

export interface JobResult {
  /** Committed events */
  readonly events: number;
  /** Everything that is not right, in sentences; empty when all is */
  readonly wrongs: readonly string[];
}

const stallMs = 60_000; // what has not moved for so long never will
const mostLines = 200; // of a role's log: what is right is told in a few lines

/** Throws what keeps the job from being done at all. */
export async function doJob(
  surroundings: Surroundings,
  { seconds, seed, signal }: { seconds: number; seed: number; signal: AbortSignal },
): Promise<JobResult> {
  await using setup = new AsyncDisposableStack();
  const { env, own, args, truthUrl } = surroundings;
  if (!surroundings.isMigrated) await runProgram('migrate.ts', env);
  const truth = setup.use(openDatabase({ url: truthUrl, application: 'conditions-truth' }));
  await addCatalogue(truth);
  const begunAt = await databaseTime(truth);

  const port = String(await freePort());
  const spawn: Stage['spawn'] = (role, itsArgs = args?.[role] ?? [], more = {}) =>
    setup.use(spawnRole(role, { ...quick, PORT: port, ...env, ...own?.[role], ...more }, itsArgs));
  const roles = { api: spawn('api'), relay: spawn('relay'), worker: spawn('worker') };
  const stage: Stage = { roles, spawn };
  const { url } = await roles.api.waitForLog('api.started');
  await Promise.all([roles.relay.waitForLog('relay.started'), roles.worker.waitForLog('worker.started')]);
  const front = (await surroundings.front?.(String(url), stage)) ?? String(url);
  const chooseUrl = () => front;
  const after = await readHead(front);
  const clients = seats.map((seat) => setup.use(openClient(seat, { chooseUrl, after })));
  const writers = setup.use(startWriters({ seed, chooseUrl }));
  await Promise.all([delay(seconds * 1_000, undefined, { signal }), surroundings.during?.(stage)]);
  await writers.stop();

  await untilNobodyIsBehind(stallMs, signal, async () => {
    const progress = await readProgress(truth.pool);
    return progress.reduce((sum, each) => sum + each.expected - each.handled - each.dead, 0);
  });
  await untilAllHaveArrived({ clients, stallMs }, await readRecorded(truth.pool), signal);
  const recorded = await readRecorded(truth.pool);
  const effects = [
    ...(await findWrongMoney(truth.pool, writers.ledger)),
    ...(await findWrongEffects(truth.pool)),
  ];
  const events = [
    ...judgeLog(recorded),
    ...judgeAnswers(writers.acknowledged, await readCommitted(truth)),
    ...clients.flatMap(({ followers }) =>
      followers.flatMap(({ name, wish, arrivals }) =>
        judgeArrivals(name, recorded.filter(wish.wants), arrivals),
      ),
    ),
  ];
  const refused = clients.flatMap(({ followers }) =>
    followers.flatMap(({ name, refused }) =>
      refused === undefined ? [] : `${name} was refused: ${refused}`,
    ),
  );
  const noisy = Object.values(roles).filter(({ logs }) => logs.length > mostLines);
  await surroundings.afterwards?.(stage);
  await runProgram('commands/audit.ts', env);
  for (const role of Object.values(roles)) await role.stop();
  return {
    events: recorded.length,
    wrongs: [
      ...refused,
      ...events.map(({ kind, eventId, where, what }) => `${kind}: ${eventId} at ${where}: ${what}`),
      ...effects.map(
        ({ service, what, expected, actual }) => `${service}: ${what}: ${actual} and not ${expected}`,
      ),
      ...(await findWrongTimes(truth.pool, begunAt)),
      ...noisy.map(({ role, logs }) => `the ${role} wrote ${logs.length} lines`),
      ...(recorded.length === 0 ? ['nothing was committed'] : []),
    ],
  };
}

// what is noticed by a time-out is noticed within a small job
const quick = { WORKER_LOCK_MS: '2000', KEEP_ALIVE_MS: '500', DRAIN_MS: '500' };

async function databaseTime({ pool }: Database): Promise<Date> {
  return (await pool.query<{ now: Date }>('SELECT clock_timestamp() AS now')).rows[0]!.now;
}
