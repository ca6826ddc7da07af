/** `head` and what is read beside it: whoever goes on from there misses nothing. */
import { expect, test } from 'vitest';
import { request } from '../support/graphql-client.ts';
import { idsOf, readLog } from '../support/log.ts';
import { addVideos, createViewers } from '../support/viewers.ts';
import { createWorld } from '../support/world.ts';

test('events beside head are all up to it, also those that no relay has published yet', async () => {
  await using world = await createWorld();
  await addVideos(world.database, 1);
  await world.spawn('api').waitForLog('api.started');
  const viewers = createViewers(world.database);
  for (let written = 0; written < 3; written += 1) await viewers.start({ userId: 'u0', videoId: 'v0' });
  const log = idsOf(await readLog(world.database));
  expect(log).toHaveLength(3);

  const read = async (fields: string) => (await request(world.apiUrl, `{ ${fields} }`)).data;
  const page = 'edges { cursor node { id } } pageInfo { hasNextPage }';
  const { head, events, newest } = await read(
    `newest: events(last: 2) { ${page} } head events(first: 10) { ${page} }`,
  );
  const idsIn = ({ edges }: { edges: { node: { id: string } }[] }) => edges.map(({ node }) => node.id);
  expect(idsIn(events)).toEqual(log);
  expect(idsIn(newest)).toEqual(log.slice(-2));
  expect(events.pageInfo.hasNextPage).toBe(false);
  expect(events.edges.at(-1).cursor).toBe(head);
  expect(
    idsIn((await read(`events(first: 10) { ${page} }`)).events),
    'without it, what is published',
  ).toEqual([]);
});
