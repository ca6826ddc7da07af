/** The recipe: a mutation commits, and then publishes to Redis Pub/Sub what its subscribers are to see. */
import { withFilter } from 'graphql-subscriptions';
import { createSchema, type YogaInitialContext } from 'graphql-yoga';
import pg from 'pg';
import { openPubSub, serveStock } from '../../bench/live/stock-server.ts';
import { channels, type StockEvent, typeDefs } from './schema.ts';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
pool.on('error', () => {});
const pubsub = openPubSub();

const begin = `
  WITH session AS (
    INSERT INTO session (user_id, key, version) VALUES ($1, $2, 1)
    ON CONFLICT (key) DO UPDATE SET key = EXCLUDED.key RETURNING *, xmax = 0 AS fresh),
  event AS (
    INSERT INTO event (type, session_id, version, user_id, correlation_id)
    SELECT 'video.watch_started', id, 1, user_id, $3 FROM session WHERE fresh RETURNING *)
  SELECT session.id AS session_id, session.user_id, event.id, event.type FROM session LEFT JOIN event ON true`;

const change = `
  WITH session AS (UPDATE session SET version = version + 1 WHERE id = $1 RETURNING *),
  event AS (
    INSERT INTO event (type, session_id, version, user_id, correlation_id)
    SELECT $2, id, version, user_id, $3 FROM session RETURNING *)
  SELECT session_id, user_id, id, type FROM event`;

async function write(statement: string, values: readonly unknown[]): Promise<{ id: string }> {
  const { rows } = await pool.query(statement, [...values]);
  const { session_id: sessionId, user_id: userId, id, type } = rows[0];
  if (id) {
    const event: StockEvent = { id, type, userId };
    await pubsub.publish(channels.all, { events: event });
    if (type !== 'video.heartbeat') await pubsub.publish(channels.ofUser(userId), { watchActivity: event });
  }
  return { id: sessionId };
}

const correlationOf = ({ request }: YogaInitialContext) => request.headers.get('x-correlation-id');

serveStock(
  createSchema<YogaInitialContext>({
    typeDefs,
    resolvers: {
      Query: { head: () => null },
      Mutation: {
        startWatching: (_parent, { userId, idempotencyKey }, context) =>
          write(begin, [userId, idempotencyKey, correlationOf(context)]),
        heartbeat: (_parent, { sessionId }, context) =>
          write(change, [sessionId, 'video.heartbeat', correlationOf(context)]),
        stopWatching: (_parent, { sessionId }, context) =>
          write(change, [sessionId, 'video.watch_stopped', correlationOf(context)]),
      },
      Subscription: {
        events: {
          subscribe: withFilter(
            () => pubsub.asyncIterableIterator(channels.all),
            (message, variables) => !variables?.types || variables.types.includes(message.events.type),
          ),
        },
        watchActivity: {
          subscribe: (_parent: unknown, { userId }: { userId: string }) =>
            pubsub.asyncIterableIterator(channels.ofUser(userId)),
        },
      },
    },
  }),
);
