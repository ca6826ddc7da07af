import { afterAll, beforeAll, expect, test } from 'vitest';
import { stateThenEvents } from '../../client/state.ts';
import { idsOf, readLog } from '../support/log.ts';
import { type Audience, gatherAudience } from '../support/viewers.ts';
import { createLiveWorld, documents, type LiveWorld } from './live-world.ts';

let live: LiveWorld;
let audience: Audience;
beforeAll(async () => {
  live = await createLiveWorld();
  audience = gatherAudience(live.world.database, { paceMs: 5 });
}, 120_000);
afterAll(async () => {
  await audience.stop();
  await live[Symbol.asyncDispose]();
});

/** A state that tells of a gap, or of a double: the events themselves */
interface State {
  readonly head: string;
  readonly events: { readonly edges: readonly { readonly node: { readonly id: string } }[] };
}
interface Data {
  readonly events: { readonly id: string };
}
const idsIn = ({ events }: State) => events.edges.map(({ node }) => node.id);

const counting = {
  query: '{ head events(first: 500) { edges { node { id } } } }',
  subscription: documents.events,
  // what is read beside `head` may be newer than it
  includes: (state: State, { events }: Data) => idsIn(state).includes(events.id),
  apply: (state: State, { events }: Data): State => ({
    ...state,
    events: { edges: [...state.events.edges, { node: events }] },
  }),
};

test('a state has each event once, those before its reading and those after, over a lost api too', async () => {
  let killed = false;
  for await (const { state, status } of live.newClient().state<State, Data>(counting)) {
    const ids = idsIn(state);
    const log = idsOf(await readLog(live.world.database));
    expect(ids).toEqual(log.slice(0, ids.length));
    if (status === 'live' && !killed) {
      killed = true;
      await live.killApi();
      await live.startApi();
    } else if (status === 'live' && ids.length > 150) break;
  }
  expect(killed).toBe(true);
}, 120_000);

test('a state whose cursor has expired is read anew', async () => {
  const client = live.newClient();
  let reads = 0;
  const request: typeof client.request = async (payload, options) => {
    const data = await client.request<State>(payload, options);
    reads += 1;
    return (reads === 1 ? { ...data, head: 'of another log' } : data) as never;
  };
  const states = stateThenEvents<State, Data>({ ...client, request }, async () => {}, counting);
  for await (const { state, status } of states) {
    const ids = idsIn(state);
    if (status !== 'live') continue;
    const log = idsOf(await readLog(live.world.database));
    expect(ids).toEqual(log.slice(0, ids.length));
    break;
  }
  expect(reads).toBe(2);
});

test('a state that is refused throws, and one whose query selects no head says so', async () => {
  const client = live.newClient();
  const refused = client.state({ ...counting, query: '{ nothing }' }).next();
  await expect(refused).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  const headless = client.state({ ...counting, query: '{ events(first: 1) { edges { node { id } } } }' });
  await expect(headless.next()).rejects.toThrow('select head');
});
