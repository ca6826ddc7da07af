import type { Condition } from '../condition.ts';
import { olderPostgres, redisWith } from '../servers.ts';

export const versions: readonly Condition[] = ([15, 16, 17] as const).map((major) => ({
  name: `PostgreSQL ${major}`,
  right: 'works',
  async prepare(setup) {
    const url = (await olderPostgres(setup, major)).url();
    return { env: { DATABASE_URL: url, REDIS_URL: (await redisWith(setup)).url }, truthUrl: url };
  },
}));
