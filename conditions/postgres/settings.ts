/** A PostgreSQL that is set otherwise than the one that comes out of the box. */
import type { Condition } from '../condition.ts';
import { postgresWith, redisWith } from '../servers.ts';

const setTo = (name: string, ...settings: readonly string[]): Condition => ({
  name,
  right: 'works',
  async prepare(setup) {
    const postgres = await postgresWith(setup, ...settings);
    const redis = await redisWith(setup);
    const url = postgres.url();
    return { env: { DATABASE_URL: url, REDIS_URL: redis.url }, truthUrl: url };
  },
});

export const atHome = setTo('at home');

export const settings: readonly Condition[] = [
  setTo('PostgreSQL in New York', 'timezone=America/New_York'),
  setTo('PostgreSQL in Kolkata', 'timezone=Asia/Kolkata'),
  setTo('PostgreSQL that writes dates as Germans do', 'datestyle=German, DMY', 'intervalstyle=sql_standard'),
  setTo('PostgreSQL that is serializable by default', 'default_transaction_isolation=serializable'),
  setTo('PostgreSQL that reads only by default', 'default_transaction_read_only=on'),
  setTo(
    'PostgreSQL with short time-outs',
    ...['statement_timeout=400ms', 'lock_timeout=300ms', 'idle_in_transaction_session_timeout=300ms'],
  ),
  setTo('PostgreSQL that ends idle sessions', 'idle_session_timeout=2s'),
  setTo('PostgreSQL that hands out Latin-1', 'client_encoding=LATIN1'),
  setTo('PostgreSQL that writes bytes by escapes', 'bytea_output=escape', 'extra_float_digits=0'),
  setTo('PostgreSQL whose search path leads elsewhere', 'search_path=elsewhere'),
  setTo('PostgreSQL that commits without waiting for its disk', 'synchronous_commit=off'),
  setTo('PostgreSQL with few connections', 'max_connections=45'),
];
