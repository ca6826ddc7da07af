/** PgBouncer between the platform and its PostgreSQL. */
import { startPgBouncer } from '../../dev/pgbouncer.ts';
import type { Condition } from '../condition.ts';
import { runProgram } from '../program.ts';
import { postgresWith, redisWith } from '../servers.ts';

const behind = (
  name: string,
  right: Condition['right'],
  mode: 'session' | 'transaction',
  ...settings: readonly string[]
): Condition => ({
  name,
  right,
  refusesMigrate: true,
  async prepare(setup) {
    const postgres = await postgresWith(setup, 'timezone=Asia/Kolkata');
    const redis = await redisWith(setup);
    // else that would be the first to be told
    if (right !== 'works') await runProgram('migrate.ts', { DATABASE_URL: postgres.url() });
    const pooler = setup.use(await startPgBouncer({ to: postgres.url(), mode, settings }));
    return {
      env: { DATABASE_URL: pooler.through(postgres.url()), REDIS_URL: redis.url },
      truthUrl: postgres.url(),
    };
  },
});

const passedOn = 'ignore_startup_parameters = options';

export const poolers: readonly Condition[] = [
  behind('PgBouncer that lends sessions', 'works', 'session', passedOn),
  behind('PgBouncer that lends transactions', /pool_mode = session/, 'transaction', passedOn),
  behind(
    'PgBouncer that refuses our settings',
    /unsupported startup parameter.*ignore_startup_parameters = options/s,
    'session',
  ),
];
