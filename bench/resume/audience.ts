/** Clients in plenty, each with its own user, who lose their sockets together. */
import { ResumingClient, type Subscription } from './resuming-client.ts';
import { judge, sum, type Verdict } from './verdict.ts';

export interface Audience extends Disposable {
  readonly users: readonly string[];
  /** Connects all at once; gives how long each took until it was live, ms. */
  connect(): Promise<readonly number[]>;
  /** Destroys every socket in the same moment. */
  cut(): void;
  /** Events received by all, repeated ones included */
  readonly received: number;
  /** What clients were told instead of events */
  readonly refusals: readonly string[];
  /** Compares what each client received with what there was for its user: ids in the order of the log. */
  judge(expected: ReadonlyMap<string, readonly string[]>): Verdict;
}

export interface AudienceOptions {
  /** Of the GraphQL endpoint, over ws */
  readonly url: string;
  readonly size: number;
  readonly subscriptionOf: (user: string) => Subscription;
}

const query = `subscription ($userId: ID!, $after: Cursor) {
  watchActivity(userId: $userId, after: $after) { id }
}`;

/** What one user does, to be resumed after any interruption. */
export const activityOf = (userId: string): Subscription => ({ query, variables: { userId }, resumes: true });

export function gatherAudience({ url, size, subscriptionOf }: AudienceOptions): Audience {
  const users = Array.from({ length: size }, (_, index) => `user-${index}`);
  const clients = users.map((user) => new ResumingClient(url, subscriptionOf(user)));
  const cut = () => {
    for (const client of clients) client.cut();
  };
  return {
    users,
    connect() {
      const start = performance.now();
      return Promise.all(clients.map((client) => client.connect().then(() => performance.now() - start)));
    },
    cut,
    get received() {
      return clients.reduce((count, { received }) => count + received.length, 0);
    },
    get refusals() {
      return clients.flatMap(({ refusals }) => refusals);
    },
    judge: (expected) =>
      sum(clients.map(({ received }, index) => judge(expected.get(users[index]!) ?? [], received))),
    [Symbol.dispose]: cut,
  };
}
