/** What a process finds around it. */
import type { Condition } from '../condition.ts';
import { postgresWith, redisWith } from '../servers.ts';

const withVariables = (name: string, variables: Readonly<Record<string, string>>): Condition => ({
  name,
  right: 'works',
  async prepare(setup) {
    const url = (await postgresWith(setup)).url();
    const REDIS_URL = (await redisWith(setup)).url;
    return { env: { DATABASE_URL: url, REDIS_URL, ...variables }, truthUrl: url };
  },
});

export const environments: readonly Condition[] = [
  withVariables('processes in Kolkata', { TZ: 'Asia/Kolkata' }),
  withVariables('processes that write as Turks do', { LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }),
  withVariables('the fewest connections that the roles can do with', { DATABASE_CONNECTIONS: '3' }),
  withVariables('little memory for a process', { NODE_OPTIONS: '--max-old-space-size=96' }),
];

export const tooFewConnections: Condition = {
  ...withVariables('fewer connections than a role needs', { DATABASE_CONNECTIONS: '2' }),
  right: /DATABASE_CONNECTIONS is 2: the \w+ needs at least 3/,
};
