/** The operations that the README tells of, each in a tab, to be tried in order. */

export interface Example {
  readonly title: string;
  readonly text: string;
  /** What each "…" of the text stands for, in order; the only one stands for all of them */
  readonly blanks?: readonly Blank[];
}

/** Filled in when the example of that title is answered. */
export interface Blank {
  readonly from: string;
  /** Where in its answer the value is */
  readonly path: readonly string[];
}

export const blank = '"…"';

const ada: Blank = { from: 'Open an account', path: ['data', 'openAccount', 'id'] };
const bob: Blank = { from: 'And another', path: ['data', 'openAccount', 'id'] };

export const examples: readonly Example[] = [
  {
    title: 'Subscribe',
    text: `subscription {
  watchActivity(userId: "ada") {
    type
    cursor
    ... on WatchStarted { videoId quality }
    ... on WatchStopped { watchedSeconds }
  }
}`,
  },
  {
    title: 'Watch',
    text: `mutation {
  startWatching(userId: "ada", videoId: "metropolis") { id video { title } }
}`,
  },
  {
    title: 'What became of it',
    text: `{
  eventFlow(correlationId: "…") {
    mermaid
    steps { event { type } reactions { consumer status attempts } }
  }
  recommendations(userId: "ada") { title }
  viewership { concurrentViewers byQuality { quality viewers } }
  pipeline { outboxLag relayLeader consumers { consumer lag dead } }
}`,
    blanks: [{ from: 'Watch', path: ['extensions', 'correlationId'] }],
  },
  {
    title: 'Open an account',
    text: 'mutation { openAccount(owner: "ada", initialDeposit: "100000", overdraftLimit: "50000") { id version } }',
  },
  {
    title: 'And another',
    text: 'mutation { openAccount(owner: "bob") { id } }',
  },
  {
    title: 'Send money',
    text: 'mutation { transfer(fromAccountId: "…", toAccountId: "…", amount: "2500") { id status } }',
    blanks: [ada, bob],
  },
  {
    title: 'See it arrive',
    text: 'subscription { transfer(id: "…") { status reason updatedAt } }',
    blanks: [{ from: 'Send money', path: ['data', 'transfer', 'id'] }],
  },
  {
    title: 'Look at it as it was',
    text: `{
  account(id: "…", version: 1) { balance }
  accountHistory(id: "…", last: 10) { edges { node { type occurredAt correlationId payload } } }
  accountStatement(id: "…", month: "2026-11") { opening totalIn totalOut closing }
}`,
    blanks: [ada],
  },
];
