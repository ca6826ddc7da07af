/**
 * What the rival GraphQL servers offer: the fields of Aorta's contract that the bench asks for, of the same types.
 * Scalars are passed on as they are, which costs the rivals less than Aorta's own.
 */
export const typeDefs = `
  scalar Cursor
  scalar DateTime
  enum Quality { SD HD UHD }

  interface Event {
    id: ID!
    type: String!
    occurredAt: DateTime!
    cursor: Cursor!
  }

  type WatchStarted implements Event {
    id: ID!
    type: String!
    occurredAt: DateTime!
    cursor: Cursor!
    sessionId: ID!
    userId: ID!
    videoId: ID!
    quality: Quality!
  }

  type Query { head: Cursor }

  type Subscription {
    watchActivity(userId: ID, videoId: ID): Event!
  }`;
