/** What the recipe offers: the fields that viewers and clients ask for. It has no cursors: `after` is taken and unused. */
export const typeDefs = `
  scalar Cursor
  enum Quality { SD HD FULL_HD UHD }
  type Event { id: ID!, type: String! }
  type Session { id: ID! }
  type Query { head: Cursor }
  type Mutation {
    startWatching(userId: ID!, videoId: ID!, quality: Quality, idempotencyKey: String): Session!
    heartbeat(sessionId: ID!): Session!
    stopWatching(sessionId: ID!): Session!
  }
  type Subscription {
    events(types: [String!], after: Cursor): Event!
    watchActivity(userId: ID!, after: Cursor): Event!
  }`;

/** Its tables: state, events, and what the service that reacts has done. */
export const tables = `
  CREATE TABLE session (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id text NOT NULL, key text UNIQUE, version int NOT NULL);
  CREATE TABLE event (
    position bigserial PRIMARY KEY, id uuid NOT NULL DEFAULT gen_random_uuid(), type text NOT NULL,
    session_id uuid NOT NULL, version int NOT NULL, user_id text NOT NULL, correlation_id text);
  CREATE TABLE effect (event_id uuid NOT NULL)`;

/** What goes over Pub/Sub. */
export interface StockEvent {
  readonly id: string;
  readonly type: string;
  readonly userId: string;
}

export const channels = { all: 'events', ofUser: (userId: string) => `user:${userId}` };
