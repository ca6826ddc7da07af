/** Publishes events into the log as the relay does, without a relay: a bench of what is behind the log needs no outbox. */
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { catalogue } from '../../src/app/modules.ts';
import type { Envelope } from '../../src/events/envelope.ts';
import { logKeys } from '../../src/log/keys.ts';
import { beginIncarnation, publishBatch } from '../../src/log/publish.ts';
import { readLogRow } from '../../src/outbox/log-row.ts';

export interface LogPublisher {
  /** Of the log: what cursors begin with */
  readonly epoch: string;
  /** The position of the newest event */
  readonly through: number;
  /** Publishes the events as one batch, and settles when they are in the log. Calls need not wait for each other. */
  publish(events: readonly Envelope[]): Promise<void>;
}

export interface LogPublisherOptions {
  readonly redis: Redis;
  /** Of the migrated database whose log it is */
  readonly pool: Pool;
  readonly logName?: string;
  /** Events kept per topic in Redis */
  readonly maxLength?: number;
}

/** Begins the log in an empty Redis. The outbox stays empty: nothing that Redis has forgotten can be served. */
export async function openLogPublisher(options: LogPublisherOptions): Promise<LogPublisher> {
  const { redis, pool, logName = 'aorta', maxLength = 100_000 } = options;
  const { epoch } = await readLogRow(pool);
  const keys = logKeys(logName, epoch);
  let state = await beginIncarnation(redis, keys, 0, catalogue.topics);
  return {
    epoch,
    get through() {
      return state.through;
    },
    async publish(events) {
      const rows = events.map((envelope, index) => ({
        position: state.through + 1 + index,
        id: envelope.id,
        topic: envelope.topic,
        envelope: JSON.stringify(envelope),
      }));
      const expected = state;
      const through = state.through + rows.length;
      // before the answer: the next batch follows on the same connection, and so behind this one
      state = { ...state, through };
      const result = await publishBatch(redis, keys, expected, { rows, through }, maxLength);
      if (result !== 'published')
        throw new Error(`the log refused ${rows.length} events after ${expected.through}`);
    },
  };
}
