import { afterAll, beforeAll, expect, test } from 'vitest';
import { stateThenEvents } from '../../client/state.ts';
import { request as ask } from '../support/graphql-client.ts';
import { idsOf, readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { createViewers } from '../support/viewers.ts';
import { runExample } from './example-process.ts';
import { createLiveWorld, type LiveWorld } from './live-world.ts';

let live: LiveWorld;
beforeAll(async () => {
  live = await createLiveWorld();
}, 120_000);
afterAll(() => live[Symbol.asyncDispose]());

/** A state that tells of a gap, or of a double: the events of one flow themselves */
interface State {
  readonly head: string;
  readonly events: { readonly edges: readonly { readonly node: { readonly id: string } }[] };
}
interface Data {
  readonly events: { readonly id: string };
}
const idsIn = ({ events }: State) => events.edges.map(({ node }) => node.id);

const counting = (flow: string) => ({
  query: 'query ($flow: ID!) { head events(correlationId: $flow, first: 500) { edges { node { id } } } }',
  subscription: 'subscription ($flow: ID!) { events(correlationId: $flow) { id } }',
  variables: { flow },
  // what is read beside `head` may be newer than it
  includes: (state: State, { events }: Data) => idsIn(state).includes(events.id),
  apply: (state: State, { events }: Data): State => ({
    ...state,
    events: { edges: [...state.events.edges, { node: events }] },
  }),
});

/** Writes so many events, one after the other. */
async function write(flow: string, count: number): Promise<void> {
  const viewers = createViewers(live.world.database);
  for (let written = 0; written < count; written += 1)
    await viewers.start({ userId: 'u0', videoId: 'v0', correlationId: flow });
}
const logOf = async (flow: string) =>
  idsOf((await readLog(live.world.database)).filter(({ correlationId }) => correlationId === flow));

test('a state has each event once, those before its reading and those after, over a lost api too', async () => {
  const flow = 'flow-of-a-lost-api';
  await write(flow, 10);
  const writing = write(flow, 100);
  let killed = false;
  for await (const { state, status } of live.newClient().state<State, Data>(counting(flow))) {
    const ids = idsIn(state);
    if (status !== 'live') continue;
    if (killed && ids.length === 110) break;
    if (killed) continue;
    killed = true;
    await live.killApi();
    await live.startApi();
    // all were there before it was lost: nothing more is told then
    if (ids.length === 110) break;
  }
  await writing;
  const states = live.newClient().state<State, Data>(counting(flow));
  for await (const { state } of states) {
    expect(idsIn(state)).toEqual(await logOf(flow));
    break;
  }
  expect(killed).toBe(true);
}, 120_000);

test('a state whose cursor has expired is read anew', async () => {
  const flow = 'flow-of-an-expiry';
  const client = live.newClient();
  let reads = 0;
  const request: typeof client.request = async (payload, options) => {
    const data = await client.request<State>(payload, options);
    reads += 1;
    return (reads === 1 ? { ...data, head: 'of another log' } : data) as never;
  };
  await write(flow, 5);
  const states = stateThenEvents<State, Data>({ ...client, request }, async () => {}, counting(flow));
  for await (const { state } of states) if (reads === 2 && idsIn(state).length === 5) break;
  expect(reads).toBe(2);
});

test('a state that is refused throws, and one whose query selects no head says so', async () => {
  const client = live.newClient();
  const { subscription, apply } = counting('any');
  const refused = client.state({ query: '{ nothing }', subscription, apply }).next();
  await expect(refused).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  const headless = client.state({ query: '{ viewership { concurrentViewers } }', subscription, apply });
  await expect(headless.next()).rejects.toThrow('select head');
});

test('the example keeps an account: what was there, and what happens to it', async () => {
  const api = live.world.apiUrl;
  const opened = await ask(
    api,
    'mutation { openAccount(owner: "Ada", initialDeposit: "500") { id version } }',
  );
  const { id, version } = opened.data.openAccount;
  await using example = runExample('state.ts', id, api);
  const states = () => example.events as unknown as { account: { version: number }; movements?: string[] }[];
  await until(() => states().length > 0, { timeoutMs: 30_000 });
  for (const amount of ['100', '200'])
    await ask(api, `mutation { deposit(accountId: "${id}", amount: "${amount}") { id } }`);
  await until(() => states().at(-1)!.account.version === version + 2, { timeoutMs: 30_000 });
  expect(states().at(-1)!.movements).toEqual(Array(2).fill('bank.money_deposited'));
});
