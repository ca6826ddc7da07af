/** Keeps an account of the bank on the screen: node client/examples/state.ts <account id> [url of the API] */
import { createAortaClient } from '../index.ts';

const [accountId, apiUrl = 'http://127.0.0.1:4000'] = process.argv.slice(2);
const client = createAortaClient({ url: `${apiUrl.replace('http', 'ws')}/graphql` });

interface State {
  readonly head: string;
  readonly account: { readonly version: number };
  readonly movements?: readonly string[];
}
interface Data {
  readonly accountActivity: { readonly type: string; readonly aggregateVersion: number };
}

const states = client.state<State, Data>({
  query: 'query ($accountId: ID!) { head account(id: $accountId) { version } }',
  subscription:
    'subscription ($accountId: ID!) { accountActivity(accountId: $accountId) { type aggregateVersion } }',
  variables: { accountId },
  // the account is read beside `head`, and may be newer
  includes: ({ account }, { accountActivity }) => accountActivity.aggregateVersion <= account.version,
  apply: (state, { accountActivity: { type, aggregateVersion } }) => ({
    ...state,
    account: { version: aggregateVersion },
    movements: [...(state.movements ?? []), type],
  }),
});
for await (const { state, status } of states) console.log(JSON.stringify({ status, ...state }));
