/** A database that holds more than the platform. */
import type { Condition } from '../condition.ts';
import { postgresWith, redisWith } from '../servers.ts';

const inSchemas = (name: string, parameters: string): Condition => ({
  name,
  right: 'works',
  async prepare(setup) {
    const url = `${(await postgresWith(setup)).url()}?${parameters}`;
    return { env: { DATABASE_URL: url, REDIS_URL: (await redisWith(setup)).url }, truthUrl: url };
  },
});

export const schemas: readonly Condition[] = [
  inSchemas('everything in a schema other than public', 'schema=shop'),
  inSchemas("the platform's tables in a schema of their own", 'platform_schema=aorta'),
];
