/** Connections to the stores that are reset or slow, for every role at once. Those that fall silent are in half-open.test.ts. */
import { expect, test } from 'vitest';
import { startTcpProxy, type TcpProxy } from '../../dev/tcp-proxy.ts';
import { until } from '../support/until.ts';
import { gatherAudience } from '../support/viewers.ts';
import {
  createRecoveryWorld,
  expectEffectsOnce,
  expectWholeLog,
  followLog,
  patient,
  startAll,
} from './support.ts';

const refused = (proxy: TcpProxy) => {
  proxy.refuse();
  proxy.cut();
};

test.each([
  { store: 'Redis', fault: 'reset', strike: (proxy: TcpProxy) => proxy.cut() },
  { store: 'Redis', fault: 'refused for a while', strike: refused },
  { store: 'Redis', fault: 'slow', strike: (proxy: TcpProxy) => proxy.slow(150) },
  { store: 'PostgreSQL', fault: 'reset', strike: (proxy: TcpProxy) => proxy.cut() },
  { store: 'PostgreSQL', fault: 'refused for a while', strike: refused },
  { store: 'PostgreSQL', fault: 'slow', strike: (proxy: TcpProxy) => proxy.slow(150) },
])(
  'nothing is lost, doubled or reordered when connections to $store are $fault',
  async ({ store, strike }) => {
    await using world = await createRecoveryWorld();
    const variable = store === 'Redis' ? 'REDIS_URL' : 'DATABASE_URL';
    await using proxy = await startTcpProxy({ to: world.env[variable]! });
    const { api } = await startAll(world, { [variable]: proxy.through(world.env[variable]!) });
    await using subscription = await followLog(world.apiUrl);
    await using audience = gatherAudience(world.database);

    for (let faults = 0; faults < 3; faults += 1) {
      await subscription.take(subscription.results.length + 30, patient);
      strike(proxy);
      const { started } = audience;
      await until(() => audience.started > started + 8, { message: 'viewers go on meanwhile' });
      proxy.heal();
    }
    await subscription.take(subscription.results.length + 30, patient);
    await audience.stop();

    await expectWholeLog(world, subscription);
    await expectEffectsOnce(world.database);
    expect(api.logs.filter(({ level }) => level >= 60)).toEqual([]);
  },
  150_000,
);
