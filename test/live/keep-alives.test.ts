/** Keep-alives of event streams, as clients of several makes see them: pages do, and nobody takes one for a result. */
import { Client, fetchExchange } from '@urql/core';
import { EventSource } from 'eventsource';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { idsOf, readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { addVideos, gatherAudience } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';

const follow = 'subscription { events { id } }';
let world: World;

beforeAll(async () => {
  world = await createWorld();
  await addVideos(world.database, 2);
  const [api, relay] = [world.spawn('api', { env: { KEEP_ALIVE_MS: '100' } }), world.spawn('relay')];
  await Promise.all([api.waitForLog('api.started'), relay.waitForLog('lease.taken')]);
});
afterAll(() => world[Symbol.asyncDispose]());

test('an EventSource sees pings with the cursor to go on from; those of a signal have none', async () => {
  const pingsOf = (query: string) => {
    const source = new EventSource(`${world.apiUrl}/graphql?query=${encodeURIComponent(query)}`);
    const pings: { readonly data: object; readonly id: string }[] = [];
    source.addEventListener('ping', ({ data, lastEventId }) => {
      pings.push({ data: JSON.parse(data), id: lastEventId });
    });
    return { source, pings };
  };
  const events = pingsOf(follow);
  const signal = pingsOf('subscription { viewership { concurrentViewers } }');
  await until(() => events.pings.length >= 3 && signal.pings.length >= 3);
  for (const { data, id } of events.pings) expect(data).toMatchObject({ cursor: id });
  expect(events.pings.at(-1)).toEqual({ data: { cursor: expect.any(String) }, id: expect.any(String) });
  expect(signal.pings.at(-1)).toEqual({ data: {}, id: '' });
  events.source.close();
  signal.source.close();
});

test.each([false, true])('urql takes no keep-alive for a result (by GET: %s)', async (preferGetMethod) => {
  const before = idsOf(await readLog(world.database)).length;
  // what is written below its parser
  let written = '';
  const client = new Client({
    url: `${world.apiUrl}/graphql`,
    exchanges: [fetchExchange],
    fetchSubscriptions: true,
    preferGetMethod: preferGetMethod ? 'force' : false,
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      const [seen, passed] = response.body!.tee();
      const read = async () => {
        for await (const text of seen.pipeThrough(new TextDecoderStream())) written += text;
      };
      read().catch(() => {});
      return new Response(passed, response);
    },
  });
  const results: unknown[] = [];
  const { unsubscribe } = client
    .subscription<{ events: { id: string } }>(follow, {})
    .subscribe(({ data, error }) => results.push(error ?? data?.events.id));
  await until(() => written.split('\n\n').length > 3);
  {
    await using _audience = gatherAudience(world.database, { users: 1 });
    await until(() => results.length >= 3);
  }
  const log = idsOf(await readLog(world.database)).slice(before);
  await until(() => results.length >= log.length);
  expect(results).toEqual(log);
  unsubscribe();
});
