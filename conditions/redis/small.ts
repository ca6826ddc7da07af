import { setTimeout as delay } from 'node:timers/promises';
import { spawnRole } from '../../dev/role-process.ts';
import type { Condition } from '../condition.ts';
import { runProgram } from '../program.ts';
import { postgresWith, redisWith } from '../servers.ts';

const away = ['badges', 'notifications'];
const there = ['preferences', 'recommendations', 'analytics', 'rankings', 'accounts', 'transfer-saga'];

const lateMs = 1_000;

/** Two services are away at first; what they have missed must not cost the others their memory. */
export const smallRedis: Condition = {
  name: 'a Redis of 64 MB, and two services that come late',
  right: 'works',
  async prepare(setup) {
    const url = (await postgresWith(setup)).url();
    const redis = await redisWith(setup, 'maxmemory 64mb');
    const env = { DATABASE_URL: url, REDIS_URL: redis.url, QUEUE_MAX_JOBS: '100' };
    await runProgram('migrate.ts', env);
    // who is away has been there before
    const all = setup.use(spawnRole('worker', env));
    await all.waitForLog('worker.started');
    await all.stop();
    return {
      env,
      args: { worker: ['--only', there.join()] },
      truthUrl: url,
      isMigrated: true,
      async during({ spawn }) {
        await delay(lateMs);
        await spawn('worker', ['--only', away.join()]).waitForLog('worker.started');
      },
    };
  },
};
