/** Services are away while Redis is small: everybody else goes on as if nothing were, and they catch up when they return. */
import { expect, test } from 'vitest';
import { createCustomer, settled } from '../banking/support.ts';
import { createViewers } from '../support/viewers.ts';
import {
  createRecoveryWorld,
  expectEffectsOnce,
  expectWholeLog,
  followLog,
  patient,
  quickToGiveUp,
  untilAllHandled,
} from './support.ts';

const away = ['badges', 'notifications'];
const there = ['preferences', 'recommendations', 'analytics', 'rankings', 'accounts', 'transfer-saga'];
const viewings = 3_000;
const mostLines = 100;

test(
  'two services that are away cost their own lag only, also where Redis has room for a part of their jobs',
  async () => {
    await using world = await createRecoveryWorld({ redis: { settings: ['maxmemory 8mb'] } });
    const env = { QUEUE_MAX_JOBS: '500' };
    const all = world.spawn('worker', { env: quickToGiveUp });
    await all.waitForLog('worker.started'); // everybody is registered
    await all.stop();
    const api = world.spawn('api');
    const relay = world.spawn('relay', { env });
    const worker = world.spawn('worker', { env: quickToGiveUp, args: ['--only', there.join()] });
    await Promise.all([api.waitForLog('api.started'), worker.waitForLog('worker.started')]);
    await using subscription = await followLog(world.apiUrl);
    const customer = createCustomer(world.apiUrl);
    const [from, to] = await Promise.all([customer.open({ initialDeposit: '700' }), customer.open()]);

    const viewers = createViewers(world.database);
    const view = async (first: number) => {
      for (let n = first; n < viewings; n += 8) {
        await viewers.start({ userId: `u${n % 40}`, videoId: `v${n % 4}` });
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, first) => view(first)));
    const transfers = await Promise.all(
      ['100', '200', '400'].map((amount) => customer.transfer(from.id, to.id, amount)),
    );
    for (const { id } of transfers) expect((await settled(customer, id)).status).toBe('COMPLETED');
    const full = await Promise.all(
      away.map((consumer) =>
        relay.waitForLog('relay.queue_full', { where: (line) => line.consumer === consumer }),
      ),
    );
    expect(full.map(({ consumer }) => consumer)).toEqual(away);

    const returned = world.spawn('worker', { env: quickToGiveUp, args: ['--only', away.join()] });
    await untilAllHandled(world.database);
    await expectWholeLog(world, subscription);
    await expectEffectsOnce(world.database);
    for (const role of [api, relay, worker, returned]) expect(role.logs.length).toBeLessThan(mostLines);
    await Promise.all([returned.stop(), worker.stop(), relay.stop(), api.stop()]);
  },
  15 * patient,
);
