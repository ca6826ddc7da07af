import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { idsOf, readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { gatherAudience } from '../support/viewers.ts';
import { listen } from './listen.ts';
import { createLiveWorld, documents } from './live-world.ts';

const secret = 'a secret that is long enough for HS256';

function newToken(): Promise<string> {
  const claims = new SignJWT().setProtectedHeader({ alg: 'HS256' }).setSubject('ada');
  return claims.setIssuedAt().setExpirationTime('2s').sign(new TextEncoder().encode(secret));
}

test('a subscription outlives its sign-in: the client comes back with the next token, and nothing is missed', async () => {
  await using live = await createLiveWorld({ JWT_SECRET: secret });
  const closeCodes: number[] = [];
  const client = live.newClient({
    connectionParams: async () => ({ Authorization: `Bearer ${await newToken()}` }),
    on: { closed: (event) => closeCodes.push((event as CloseEvent).code) },
  });
  const subscription = listen(client, { query: documents.events });
  await subscription.untilStatus('live');
  await using audience = gatherAudience(live.world.database, { users: 1 });
  await until(() => closeCodes.length === 2);
  await subscription.untilStatus('live');
  await audience.stop();
  expect(closeCodes).toEqual([4403, 4403]);
  const log = await readLog(live.world.database);
  await until(() => subscription.results.length >= log.length);
  expect(subscription.ids()).toEqual(idsOf(log));
});
