/** Whether thousands of clients who lose their sockets together go on as if nothing had been, and what that costs. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench, BenchContext, BenchResult, Case } from '../harness.ts';
import { wholeOption } from '../options.ts';
import { percentile } from '../stats.ts';
import { callsOf } from './api-statements.ts';
import { activityOf, gatherAudience } from './audience.ts';
import { killApi, loseHistoryInRedis, outageMs } from './outages.ts';
import { raiseRivalStorms } from './rival.ts';
import { raiseStorm, type Scene, type Storm, untilReceived } from './storm.ts';
import { startStormWorld } from './world.ts';
import { readOutboxByUser, startWriter, writeToOutbox } from './writer.ts';

export const resume: Bench = {
  name: 'resume',
  about: 'reconnect storms: every client loses its socket at once while events go on',
  options: {
    clients: { value: 'N', about: 'each on a user of its own', fallback: '2000' },
    rate: { value: 'N', about: 'events a second, of random users', fallback: '500' },
    storms: { value: 'N', about: 'how often the sockets are just cut', fallback: '3' },
  },
  floors: [
    { ratio: 'lost', atMost: 0, because: 'a client that resumes from its cursor misses nothing' },
    { ratio: 'doubled', atMost: 0, because: 'and gets nothing again' },
    { ratio: 'reordered', atMost: 0, because: 'and gets everything in the order of the log' },
    { ratio: 'refused', atMost: 0, because: 'every cursor was within what is kept' },
    {
      ratio: 'outboxReadsWhileRedisHolds',
      atMost: 0,
      because:
        'a storm must not reach PostgreSQL, which has the writers to serve, while Redis holds the history',
    },
    {
      ratio: 'statementsPerClientWhileRedisHolds',
      atMost: 0.1,
      because: 'what else the api asks of PostgreSQL must not grow with the clients either',
    },
    {
      ratio: 'historyReadsPerClientWhileRedisHolds',
      atMost: 0.1,
      because: 'clients share what is read of a topic: 2,000 of them must not scan it 2,000 times',
    },
    {
      ratio: 'stockLost',
      atLeast: 1,
      because: 'a storm in which the stock stack loses nothing has shown nothing',
    },
  ],
  run,
};

// what a look at the log can consist of
const readingCommands = ['xrange', 'xread', 'hmget', 'hgetall'];

interface Named {
  readonly name: string;
  /** Redis holds all that the clients missed */
  readonly redisHolds: boolean;
  readonly storm: Storm;
}

async function run({ options, progress }: BenchContext): Promise<BenchResult> {
  const clients = wholeOption(options, 'clients');
  const perSecond = wholeOption(options, 'rate');
  const rounds = wholeOption(options, 'storms');
  progress('starting PostgreSQL, Redis, relay and api');
  await using world = await startStormWorld();
  using audience = gatherAudience({ url: world.url, size: clients, subscriptionOf: activityOf });
  const { users } = audience;
  await audience.connect();
  await using writer = startWriter({ users, perSecond, write: writeToOutbox(world.outbox) });
  const scene: Scene = { world, audience, writer };

  const storms: Named[] = [];
  const raise = async (name: string, redisHolds: boolean, outage: Parameters<typeof raiseStorm>[1]) => {
    const storm = await raiseStorm(scene, outage);
    storms.push({ name, redisHolds, storm });
    progress(`${name}: all are live after ${Math.max(...storm.liveAfterMs).toFixed(0)} ms`);
  };
  for (let round = 1; round <= rounds; round += 1)
    await raise(`sockets cut, ${round}`, true, () => delay(outageMs));
  await raise('api killed', true, killApi);
  await raise('history in PostgreSQL only', false, () => loseHistoryInRedis(world, writer));
  await writer.stop();
  await untilReceived(audience, () => writer.written);
  const verdict = audience.judge(await readOutboxByUser(world.database.pool, users));
  for (const refusal of audience.refusals.slice(0, 3)) progress(`a client was refused: ${refusal}`);

  progress('the same with the stock stack');
  const { redis, redisUrl } = world;
  const rival = await raiseRivalStorms({ redis, redisUrl, clients, perSecond, storms: rounds, outageMs });
  return {
    cases: [
      ...storms.map(({ name, storm }) => ({ name, figures: describe(storm) })),
      { name: 'all of these', figures: { written: writer.written, ...verdict } },
      { name: 'stock, sockets cut', figures: { ...rival } },
    ] satisfies Case[],
    ratios: {
      ...verdict,
      refused: audience.refusals.length,
      ...whileRedisHolds(
        storms.filter(({ redisHolds }) => redisHolds).map(({ storm }) => describe(storm)),
        clients,
      ),
      stockLost: rival.lost,
    },
  };
}

function describe(storm: Storm): Case['figures'] {
  const { liveAfterMs, seconds, apiCpuSeconds, redisCommands, historyReads, apiStatements } = storm;
  return {
    liveP50Ms: percentile(liveAfterMs, 50),
    liveP99Ms: percentile(liveAfterMs, 99),
    liveMaxMs: Math.max(...liveAfterMs),
    seconds,
    apiCpuSeconds,
    redisCommands: Object.values(redisCommands).reduce((sum, calls) => sum + calls, 0),
    ...Object.fromEntries(readingCommands.map((command) => [command, redisCommands[command] ?? 0])),
    historyReads,
    statements: callsOf(apiStatements),
    outboxReads: callsOf(apiStatements.filter(({ readsOutbox }) => readsOutbox)),
  };
}

/** Of the storms the worst. */
function whileRedisHolds(storms: readonly Case['figures'][], clients: number): BenchResult['ratios'] {
  const worst = (figure: string) => Math.max(...storms.map((storm) => storm[figure]!));
  return {
    outboxReadsWhileRedisHolds: worst('outboxReads'),
    statementsPerClientWhileRedisHolds: worst('statements') / clients,
    historyReadsPerClientWhileRedisHolds: worst('historyReads') / clients,
  };
}
