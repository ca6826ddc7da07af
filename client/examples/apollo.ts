/** Follows events with Apollo Client, over Aorta's client: node client/examples/apollo.ts [url of the API] [cursor] */
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { createAortaClient } from '../index.ts';

const [apiUrl = 'http://127.0.0.1:4000', after] = process.argv.slice(2);

const aorta = createAortaClient({
  url: `${apiUrl.replace('http', 'ws')}/graphql`,
  onProgress: ({ status }) => console.error(status),
});
const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(aorta),
    new HttpLink({ uri: `${apiUrl}/graphql` }),
  ),
});

const events = gql`
  subscription ($after: Cursor) {
    events(after: $after) { id type }
  }
`;
client
  .subscribe<{ events: object }>({
    query: events,
    variables: { after },
    // events are told one by one; a cache would only keep what nobody asks for again
    fetchPolicy: 'no-cache',
  })
  .subscribe(({ data, error, extensions }) => {
    if (data) console.log(JSON.stringify({ ...data.events, cursor: extensions?.cursor }));
    if (error) console.error(error);
  });
