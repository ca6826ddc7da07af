/** Staging beside production: a copy of the database that has kept REDIS_URL and LOG_NAME. */
import { spawnRole } from '../../dev/role-process.ts';
import { tellPostgres } from '../../dev/tell-postgres.ts';
import type { Condition } from '../condition.ts';
import { runProgram } from '../program.ts';
import { postgresWith, redisWith } from '../servers.ts';

export const staging: Condition = {
  name: 'a copy of the database beside production, with its Redis',
  right:
    /lacks what the owner of the log "aorta" in Redis has .*: it is a copy.*LOG_NAME or a Redis of its own/s,
  async prepare(setup) {
    const production = await postgresWith(setup);
    const redis = await redisWith(setup);
    const env = { DATABASE_URL: production.url(), REDIS_URL: redis.url };
    await runProgram('migrate.ts', env);
    await tellPostgres(production.url('template1'), 'CREATE DATABASE staging TEMPLATE postgres');
    const relay = setup.use(spawnRole('relay', env));
    await relay.waitForLog('lease.taken');
    await relay.waitForLog('owner.taken_over');
    return { env: { ...env, DATABASE_URL: production.url('staging') }, truthUrl: production.url() };
  },
};

export const stagingWithItsOwnLog: Condition = {
  name: 'a copy of the database beside production, with a LOG_NAME of its own',
  right: 'works',
  async prepare(setup) {
    const { env, truthUrl } = await staging.prepare(setup);
    return { env: { ...env, LOG_NAME: 'staging' }, truthUrl: truthUrl.replace(/[^/]*$/, 'staging') };
  },
};
