import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { startTcpProxy, type TcpProxy } from '../../dev/tcp-proxy.ts';
import type { RoleProcess } from '../support/role-process.ts';
import { until } from '../support/until.ts';
import { gatherAudience } from '../support/viewers.ts';
import type { World } from '../support/world.ts';
import {
  createRecoveryWorld,
  expectEffectsOnce,
  expectWholeLog,
  followLog,
  patient,
  quickToGiveUp,
} from './support.ts';

interface Relays {
  readonly leader: RoleProcess;
  /** Between the leader and each store */
  readonly toPostgres: TcpProxy;
  readonly toRedis: TcpProxy;
}

interface Accident {
  readonly name: string;
  readonly strike: (relays: Relays) => unknown;
  /** After another has taken over; settles when there are two again */
  readonly mend: (relays: Relays, world: World) => unknown;
}

const startAnother: Accident['mend'] = async (_, world) => void (await standBy(world, world.spawn('relay')));
const untilItStandsBy: Accident['mend'] = ({ leader }, world) => untilStandingBy(world, leader);

const accidents: readonly Accident[] = [
  { name: 'is stopped', strike: ({ leader }) => leader.stop(), mend: startAnother },
  { name: 'is killed', strike: ({ leader }) => leader.kill(), mend: startAnother },
  {
    name: 'hangs, and wakes up late,',
    strike: ({ leader }) => leader.signal('SIGSTOP'),
    mend(relays, world) {
      relays.leader.signal('SIGCONT');
      return untilItStandsBy(relays, world);
    },
  },
  {
    name: 'finds its connections to PostgreSQL reset',
    strike: ({ toPostgres }) => toPostgres.cut(),
    mend: untilItStandsBy,
  },
  {
    name: 'has connections to PostgreSQL that fell silent',
    strike: ({ toPostgres }) => toPostgres.silence(),
    mend(relays, world) {
      relays.toPostgres.heal();
      return untilItStandsBy(relays, world);
    },
  },
];

test.each(accidents)(
  'the one that stands by takes over from a leader that $name',
  async ({ strike, mend }) => {
    await using world = await createRecoveryWorld();
    await using relays = await startLeader(world);
    await using subscription = await followLog(world.apiUrl);
    await using audience = gatherAudience(world.database);
    const second = await standBy(world, world.spawn('relay'));
    await subscription.take(40, patient);

    await strike(relays);
    await second.waitForLog('lease.taken');
    await subscription.take(subscription.results.length + 40, patient);
    await mend(relays, world);
    await subscription.take(subscription.results.length + 40, patient);
    // and back: whoever stands by now is as good as the first one was
    await second.kill();
    await subscription.take(subscription.results.length + 40, patient);
    await audience.stop();

    await expectWholeLog(world, subscription);
    await expectEffectsOnce(world.database);
  },
  120_000,
);

test('a batch that a leader had sent, and that arrives after another took over, changes nothing', async () => {
  await using world = await createRecoveryWorld();
  await using relays = await startLeader(world);
  await using subscription = await followLog(world.apiUrl);
  await using audience = gatherAudience(world.database);
  const second = await standBy(world, world.spawn('relay'));
  await subscription.take(40, patient);
  await using calls = await watchCalls(world, relays.leader);

  // what it sends from here on is under way for longer than it takes to replace it; what it sent before is answered
  relays.toRedis.slow(6_000, 'requests');
  const { started } = audience;
  await until(() => audience.started > started + 20, { message: 'there is something to publish' });
  relays.leader.signal('SIGSTOP');
  await second.waitForLog('lease.taken');
  const before = calls.count;
  await subscription.take(subscription.results.length + 40, patient);
  await until(() => calls.count > before, { message: 'the late batch has arrived' });
  relays.leader.signal('SIGCONT');
  relays.toRedis.heal();
  await untilStandingBy(world, relays.leader);
  await subscription.take(subscription.results.length + 40, patient);
  await audience.stop();

  await expectWholeLog(world, subscription);
  await expectEffectsOnce(world.database);
});

/** An api, a worker, and a relay that leads, which reaches each store through a proxy of its own. */
async function startLeader(world: World): Promise<Relays & AsyncDisposable> {
  await using setup = new AsyncDisposableStack();
  const toPostgres = setup.use(await startTcpProxy({ to: world.env.DATABASE_URL! }));
  const toRedis = setup.use(await startTcpProxy({ to: world.redis.url }));
  const leader = world.spawn('relay', {
    env: {
      DATABASE_URL: toPostgres.through(world.env.DATABASE_URL!),
      REDIS_URL: toRedis.through(world.redis.url),
    },
  });
  const api = world.spawn('api');
  const worker = world.spawn('worker', { env: quickToGiveUp });
  await Promise.all([
    leader.waitForLog('lease.taken'),
    api.waitForLog('api.started'),
    worker.waitForLog('worker.started'),
  ]);
  const owned = setup.move();
  return { leader, toPostgres, toRedis, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function standBy(world: World, relay: RoleProcess): Promise<RoleProcess> {
  await untilStandingBy(world, relay);
  return relay;
}

/** The relay waits for the lease that another holds. */
async function untilStandingBy({ database }: World, { pid }: RoleProcess): Promise<void> {
  const sql = `SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
                WHERE locktype = 'advisory' AND NOT granted AND application_name LIKE $1`;
  await until(async () => (await database.pool.query(sql, [`aorta-relay@%:${pid}`])).rowCount, {
    timeoutMs: patient,
    message: 'the relay stands by',
  });
}

/** Counts the batches of this relay that arrive at Redis. */
async function watchCalls({ redis }: World, { pid }: RoleProcess) {
  const client = new Redis(redis.url);
  const list = String(await client.client('LIST'));
  const line = list.split('\n').find((each) => new RegExp(` name=\\S+:${pid}:streams `).test(each));
  client.disconnect();
  const address = / addr=(\S+)/.exec(line ?? '')?.[1];
  expect(address, 'the address of the relay’s connection').toBeDefined();
  // told line by line to a plain socket: ioredis stumbles when the first line comes together with the answer to MONITOR
  const { hostname, port } = new URL(redis.url);
  const socket = connect(Number(port), hostname);
  socket.write('MONITOR\r\n');
  const lines = createInterface(socket);
  await once(lines, 'line');
  let count = 0;
  lines.on('line', (told) => {
    const [, source, command] = /^\+\S+ \[\d+ (\S+)\] "(\w+)"/.exec(told) ?? [];
    if (source === address && command?.toLowerCase() === 'eval') count += 1;
  });
  return {
    get count() {
      return count;
    },
    async [Symbol.asyncDispose]() {
      socket.destroy();
    },
  };
}
