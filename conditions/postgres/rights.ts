/** Exactly the rights that docs/operations.md names, in both stores, and nothing that is refused to a role. */
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { tellPostgres } from '../../dev/tell-postgres.ts';
import type { Condition } from '../condition.ts';
import { runProgram } from '../program.ts';
import { postgresWith, redisWith } from '../servers.ts';

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const rights = page.slice(page.indexOf('## Rights'), page.indexOf('## Failover'));
const [asSuperuser = '', asOwner = ''] = [...rights.matchAll(/```sql\n(.*?)```/gs)].map(([, sql]) => sql!);
const [, acl = ''] = /```text\nuser aorta (.*)\n```/.exec(rights) ?? [];

/** A database is not made in a transaction: statements are told one by one. */
const statementsOf = (sql: string) => sql.split(/;[^\n]*\n/).filter((each) => each.trim());

/** What an operator does, and whoever watches a signal, beside the job */
const asOperator = [
  'mutation { pauseConsumer(consumer: "badges") { __typename } }',
  'mutation { resumeConsumer(consumer: "badges") { __typename } }',
  'mutation { drainConsumer(consumer: "notifications") { __typename } }',
  'mutation { resumeConsumer(consumer: "notifications") { __typename } }',
  '{ pipeline { relayLeader consumers { __typename } } }',
  'subscription { viewership { concurrentViewers } }',
];

/** Throws when the first answer is not what was asked for. */
async function askOnce(url: string, query: string): Promise<void> {
  const leave = new AbortController();
  const response = await fetch(`${url}?${new URLSearchParams({ query })}`, {
    signal: leave.signal,
    ...(query.startsWith('mutation')
      ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) }
      : { headers: { accept: 'application/json, text/event-stream' } }),
  });
  const { value } = await response.body!.getReader().read();
  leave.abort();
  const text = new TextDecoder().decode(value);
  if (!response.ok || text.includes('"errors"')) throw new Error(`${query} is answered with ${text}`);
}

export const documentedRights: Condition = {
  name: 'exactly the rights that are documented',
  right: 'works',
  async prepare(setup) {
    const postgres = await postgresWith(setup);
    await tellPostgres(postgres.url(), ...statementsOf(asSuperuser));
    const urlOf = (role: string, password: string) =>
      postgres.url('aorta').replace('postgres:postgres@', `${role}:${password}@`);
    const ownerUrl = urlOf('aorta_owner', 'owner-password');
    await tellPostgres(ownerUrl, ...statementsOf(asOwner));
    // as those who rent out servers have it
    await tellPostgres(postgres.url('aorta'), 'REVOKE EXECUTE ON FUNCTION pg_control_system FROM PUBLIC');
    await runProgram('migrate.ts', { DATABASE_URL: ownerUrl });
    const redis = await redisWith(setup);
    const admin = new Redis(redis.url);
    setup.defer(() => admin.disconnect());
    await admin.call('ACL', 'SETUSER', 'aorta', ...acl.split(' '));
    return {
      env: {
        DATABASE_URL: urlOf('aorta_app', 'app-password'),
        REDIS_URL: redis.url.replace('redis://', 'redis://aorta:password@'),
      },
      own: { relay: { DATABASE_URL: ownerUrl } },
      truthUrl: postgres.url('aorta'),
      isMigrated: true,
      async during({ roles }) {
        const { url } = await roles.api.waitForLog('api.started');
        for (const document of asOperator) await askOnce(String(url), document);
      },
      async afterwards({ roles }) {
        const refused = (await admin.call('ACL', 'LOG')) as unknown[];
        if (refused.length > 0) throw new Error(`Redis has refused ${JSON.stringify(refused[0])}`);
        const line = Object.values(roles)
          .flatMap(({ logs }) => logs.map((each) => JSON.stringify(each)))
          .find((text) => /NOPERM|permission denied/.test(text));
        if (line) throw new Error(`a role was refused something: ${line}`);
      },
    };
  },
};
