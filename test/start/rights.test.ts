/** All roles with exactly the rights that docs/operations.md names, and nothing that is refused to them. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { startRedis } from '../../dev/redis.ts';
import { openDatabase } from '../../src/platform/postgres.ts';
import { expectEffectsOnce, expectWholeLog, fill, followLog, patient } from '../recovery/support.ts';
import { request, subscribe } from '../support/graphql-client.ts';
import { runCommand } from '../support/run-command.ts';
import { until } from '../support/until.ts';
import { gatherAudience } from '../support/viewers.ts';
import { furnish } from '../support/world.ts';

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const rights = page.slice(page.indexOf('## Rights'), page.indexOf('## Failover'));
const [asSuperuser, asOwner] = [...rights.matchAll(/```sql\n(.*?)```/gs)].map(([, block]) => block!);
const acl = /```text\nuser aorta (.*)\n```/.exec(rights)![1]!;

async function tell(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    // one by one: a database is not made in a transaction
    for (const statement of sql.split(/;[^\n]*\n/).filter((each) => each.trim()))
      await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The page's names belong to the whole server, which other tests share. */
const suffix = randomUUID().slice(0, 8);
const own = (sql: string) =>
  sql
    .replaceAll('aorta_owner', `owner_${suffix}`)
    .replaceAll('aorta_app', `app_${suffix}`)
    .replaceAll('DATABASE aorta', `DATABASE rights_${suffix}`);

test('all roles do their work with the rights of the docs, and ask for nothing that they may not', async () => {
  await using setup = new AsyncDisposableStack();
  const server = inject('postgresUrl');
  await tell(server, own(asSuperuser!));
  setup.defer(() =>
    tell(server, own('DROP DATABASE aorta;\nDROP ROLE aorta_app;\nDROP ROLE aorta_owner;\n')),
  );
  const urlOf = (role: string, password: string) => {
    const url = new URL(server);
    url.username = own(role);
    url.password = password;
    url.pathname = `rights_${suffix}`;
    return url.href;
  };
  const ownerUrl = urlOf('aorta_owner', 'owner-password');
  const appUrl = urlOf('aorta_app', 'app-password');
  await tell(ownerUrl, own(asOwner!));
  const asAdmin = new URL(ownerUrl);
  Object.assign(asAdmin, { username: new URL(server).username, password: new URL(server).password });
  // as on managed services
  await tell(asAdmin.href, 'REVOKE EXECUTE ON FUNCTION pg_control_system FROM PUBLIC;\n');
  expect(await runCommand('migrate.ts', [], { DATABASE_URL: ownerUrl })).toMatchObject({ code: 0 });

  const redis = setup.use(await startRedis());
  const admin = new Redis(redis.url);
  setup.defer(() => admin.disconnect());
  await admin.call('ACL', 'SETUSER', 'aorta', ...acl.split(' '));
  const redisUrl = redis.url.replace('redis://', 'redis://aorta:password@');

  const database = setup.use(openDatabase({ url: ownerUrl, application: 'test' }));
  await fill(database);
  await using world = await furnish(setup, { url: appUrl, database, redis });
  const api = world.spawn('api', { env: { REDIS_URL: redisUrl } });
  const relay = world.spawn('relay', { env: { REDIS_URL: redisUrl, DATABASE_URL: ownerUrl } });
  const worker = world.spawn('worker', { env: { REDIS_URL: redisUrl } });
  await Promise.all([
    api.waitForLog('api.started'),
    relay.waitForLog('lease.taken'),
    worker.waitForLog('worker.started'),
  ]);
  await using subscription = await followLog(world.apiUrl);
  await using signal = subscribe(world.apiUrl, 'subscription { viewership { concurrentViewers } }');
  await using audience = gatherAudience(database);
  await subscription.take(60, patient);
  const ask = async (document: string) => {
    const { data, errors } = await request(world.apiUrl, document);
    expect(errors, document).toBeUndefined();
    return data;
  };
  const open = async (owner: string) =>
    (await ask(`mutation { openAccount(owner: "${owner}", initialDeposit: "100") { id } }`)).openAccount.id;
  const [from, to] = [await open('Ada'), await open('Grace')];
  const { transfer } = await ask(
    `mutation { transfer(fromAccountId: "${from}", toAccountId: "${to}", amount: "5") { id } }`,
  );
  await until(
    async () => (await ask(`{ transfer(id: "${transfer.id}") { status } }`)).transfer.status === 'COMPLETED',
  );
  await ask('mutation { pauseConsumer(consumer: "badges") { __typename } }');
  await ask('mutation { resumeConsumer(consumer: "badges") { __typename } }');
  await ask('mutation { drainConsumer(consumer: "notifications") { __typename } }');
  await ask('mutation { resumeConsumer(consumer: "notifications") { __typename } }');
  const { pipeline } = await ask('{ pipeline { relayLeader consumers { __typename } } }');
  expect(pipeline.relayLeader).toContain('aorta-relay');
  await until(() => signal.results.length > 1, { message: 'the signal is told of' });
  await audience.stop();
  await expectWholeLog(world, subscription);
  await expectEffectsOnce(database);

  const refused = (await admin.call('ACL', 'LOG')) as unknown[];
  expect(refused).toEqual([]);
  for (const role of [api, relay, worker]) {
    const wrong = role.logs.filter((line) => /NOPERM|permission denied/.test(JSON.stringify(line)));
    expect(wrong).toEqual([]);
  }
});
