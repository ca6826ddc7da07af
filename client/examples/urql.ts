/** Follows events with urql, over Aorta's client: node client/examples/urql.ts [url of the API] [cursor] */
import { Client, fetchExchange, gql, subscriptionExchange } from '@urql/core';
import type { Sink } from 'graphql-ws/client';
import { createAortaClient } from '../index.ts';

const [apiUrl = 'http://127.0.0.1:4000', after] = process.argv.slice(2);

const aorta = createAortaClient({
  url: `${apiUrl.replace('http', 'ws')}/graphql`,
  onProgress: ({ status }) => console.error(status),
});
const client = new Client({
  url: `${apiUrl}/graphql`,
  preferGetMethod: false,
  exchanges: [
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query = '', ...request }) => ({
        subscribe: (sink) => ({ unsubscribe: aorta.subscribe({ query, ...request }, sink as Sink) }),
      }),
    }),
  ],
});

const events = gql`
  subscription ($after: Cursor) {
    events(after: $after) { id type }
  }
`;
client.subscription(events, { after }).subscribe(({ data, error, extensions }) => {
  if (data) console.log(JSON.stringify({ ...data.events, cursor: extensions?.cursor }));
  if (error) console.error(error.graphQLErrors);
});
