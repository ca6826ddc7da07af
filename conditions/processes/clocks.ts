/** Machines whose clocks are wrong. */
import type { Role } from '../../dev/role-process.ts';
import type { Condition } from '../condition.ts';
import { postgresWith, redisWith } from '../servers.ts';

const hour = 3_600_000;

const ahead = (ms: number) => ({
  NODE_OPTIONS: `--import=${new URL('../../chaos/clock-ahead.ts', import.meta.url).href}`,
  CLOCK_AHEAD_MS: String(ms),
});

const withClocks = (name: string, clocks: Partial<Record<Role, number>>): Condition => ({
  name,
  right: 'works',
  async prepare(setup) {
    const url = (await postgresWith(setup)).url();
    const own = Object.fromEntries(Object.entries(clocks).map(([role, ms]) => [role, ahead(ms)]));
    return { env: { DATABASE_URL: url, REDIS_URL: (await redisWith(setup)).url }, own, truthUrl: url };
  },
});

export const clocks: readonly Condition[] = [
  withClocks('a worker whose clock is an hour ahead', { worker: hour }),
  withClocks('an api whose clock is a day ahead', { api: 24 * hour }),
  withClocks('a relay whose clock is an hour behind', { relay: -hour }),
  withClocks('an api behind, and a worker ahead', { api: -hour, worker: 24 * hour }),
];
