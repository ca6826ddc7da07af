/** Events of random users at a steady rate. */
import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { qualityChanged, userKey } from '../../src/domains/streaming/events.ts';
import { requestCause } from '../../src/events/envelope.ts';
import { type Outbox, record } from '../../src/outbox/transaction.ts';

export interface Writer extends AsyncDisposable {
  /** Events that are written */
  readonly written: number;
  /** Ends the write in hand. Throws when one failed. */
  stop(): Promise<void>;
}

export interface WriterOptions {
  readonly users: readonly string[];
  readonly perSecond: number;
  /** Writes an event of each of these users, in this order; a user can be among them more than once. */
  readonly write: (users: readonly string[]) => Promise<void>;
}

const tickMs = 20;
const mostAtOnce = 100; // events of one write; after a pause of the machine several make up for it

export function startWriter({ users, perSecond, write }: WriterOptions): Writer {
  let written = 0;
  let stopped = false;
  const writeOn = async () => {
    const start = performance.now();
    while (!stopped) {
      const due = Math.floor(((performance.now() - start) / 1_000) * perSecond) - written;
      const chosen = Array.from({ length: Math.min(due, mostAtOnce) }, () => users[randomInt(users.length)]!);
      if (chosen.length > 0) await write(chosen);
      written += chosen.length;
      await delay(tickMs);
    }
  };
  const finished = writeOn();
  // a failed write is told by `stop`, not as an unhandled rejection
  finished.catch(() => {});
  const stop = () => {
    stopped = true;
    return finished;
  };
  return {
    get written() {
      return written;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Writes as the domains do: the events of one call are one transaction with rows of the outbox. */
export function writeToOutbox(outbox: Outbox): WriterOptions['write'] {
  const versions = new Map<string, number>();
  const eventOf = (userId: string) => {
    const aggregateVersion = (versions.get(userId) ?? 0) + 1;
    versions.set(userId, aggregateVersion);
    const [from, to] = aggregateVersion % 2 === 0 ? (['HD', 'UHD'] as const) : (['UHD', 'HD'] as const);
    const payload = { sessionId: `session-${userId}`, userId, videoId: 'film', from, to };
    return qualityChanged.of({
      aggregateId: payload.sessionId,
      aggregateVersion,
      occurredAt: new Date(),
      payload,
    });
  };
  return (users) =>
    outbox.transaction(requestCause('writer'), async (tx) => record(tx, ...users.map(eventOf)));
}

/** The ids of everybody's events, in the order of the log. */
export async function readOutboxByUser(
  pool: Pool,
  users: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await pool.query<{ key: string; ids: readonly string[] }>(
    'SELECT keys[1] AS key, array_agg(id ORDER BY position) AS ids FROM outbox GROUP BY 1',
  );
  const byKey = new Map(rows.map(({ key, ids }) => [key, ids]));
  return new Map(users.map((user) => [user, byKey.get(userKey(user)) ?? []]));
}
