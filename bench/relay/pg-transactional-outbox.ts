/**
 * pg-transactional-outbox with its polling listener, on the table, function and indexes of its own setup. Messages may
 * be handled in parallel, which is its fastest way and keeps no order. An event is moved when its handler has XADDed it.
 */
import { DatabaseSetup, getDisabledLogger, initializePollingMessageListener } from 'pg-transactional-outbox';
import type { Contestant } from './contestant.ts';
import { countdown } from './countdown.ts';

const batchSize = 100;
const setup = {
  outboxOrInbox: 'outbox',
  database: 'relay',
  schema: 'rival',
  table: 'outbox',
  listenerRole: 'nobody',
  nextMessagesName: 'next_outbox_messages',
} as const;

export function pgTransactionalOutbox(events: number): Contestant {
  return {
    name: 'pg-transactional-outbox',
    events,
    async prepare({ pool, redis, databaseUrl }) {
      await pool.query(DatabaseSetup.dropAndCreateTable(setup));
      await pool.query(DatabaseSetup.createPollingFunction(setup));
      await pool.query(DatabaseSetup.setupPollingIndexes(setup));
      await pool.query(
        `INSERT INTO rival.outbox (id, aggregate_type, aggregate_id, message_type, concurrency, payload, created_at)
         SELECT id, aggregate_type, aggregate_id, type, 'parallel', to_jsonb(outbox), now() + position * interval '1 us'
           FROM outbox WHERE position <= $1`,
        [events],
      );
      await pool.query('VACUUM ANALYZE rival.outbox');
      return async () => {
        const handled = countdown(events, 'pg-transactional-outbox');
        const connection = { connectionString: databaseUrl, max: 20 };
        const [stop] = initializePollingMessageListener(
          {
            outboxOrInbox: 'outbox',
            dbListenerConfig: connection,
            settings: {
              dbSchema: setup.schema,
              dbTable: setup.table,
              nextMessagesFunctionSchema: setup.schema,
              nextMessagesFunctionName: setup.nextMessagesName,
              nextMessagesBatchSize: batchSize,
              nextMessagesPollingIntervalInMs: 50,
              messageCleanupIntervalInMs: 0,
              // as its documentation has it for an outbox
              enableMaxAttemptsProtection: false,
              enablePoisonousMessageProtection: false,
            },
          },
          {
            async handle({ aggregateType, payload }) {
              await redis.xadd(`rival:${aggregateType}`, '*', 'e', JSON.stringify(payload));
              handled.count();
            },
          },
          getDisabledLogger(),
          // by default the first batches are of one message each, which would be most of a short round
          { batchSizeStrategy: async () => batchSize },
        );
        await handled.done;
        return stop;
      };
    },
  };
}
