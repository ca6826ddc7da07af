/** What every rival's process is made of: its arguments are the work, and how many events. */
import type { Tx } from '../../../src/outbox/transaction.ts';
import { aborted } from '../../../src/platform/aborted.ts';
import { readConfig } from '../../../src/platform/config.ts';
import { openDatabase, type PrismaClient } from '../../../src/platform/postgres.ts';
import { untilSignal } from '../../../src/platform/shutdown.ts';
import { createMeter, type Meter } from '../meter.ts';
import { insertSeen, type SeenEvent } from '../seen.ts';
import { toWork, type Work } from '../work.ts';

export interface Rival {
  readonly work: Work;
  readonly meter: Meter;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly prisma: PrismaClient;
  /** The work for one event, in a transaction of its own; nothing at all when there is nothing to do. */
  handle(event: SeenEvent): Promise<void>;
}

export interface RivalOptions {
  /** Where the transaction notes the event too, so that a second delivery has no second effect; nowhere when absent */
  readonly inbox?: string;
}

/** `start` gives what stops it again: takes no new work, finishes the work in hand. */
export async function runRival(
  start: (rival: Rival) => Promise<() => Promise<unknown>>,
  { inbox }: RivalOptions = {},
): Promise<void> {
  const [text, events] = process.argv.slice(2);
  const work = toWork(text);
  const config = readConfig(process.env);
  const meter = createMeter(Number(events));
  process.exitCode = await untilSignal(config.SHUTDOWN_MS, async (signal) => {
    const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = config;
    await using database = openDatabase({
      url: databaseUrl,
      application: 'aorta-bench-rival',
      maxConnections: config.DATABASE_CONNECTIONS,
    });
    const { prisma } = database;
    const handle = async (event: SeenEvent) => {
      if (work !== 'no-op')
        await prisma.$transaction(async (tx) => {
          if (inbox === undefined || (await insertInto(inbox, tx, event))) await insertSeen(tx, event);
        });
      meter.count();
    };
    const stop = await start({ work, meter, databaseUrl, redisUrl, prisma, handle });
    await aborted(signal);
    await stop();
  });
}

async function insertInto(consumer: string, tx: Tx, { id }: SeenEvent): Promise<boolean> {
  const inserted = await tx.$executeRaw`
    INSERT INTO inbox (consumer, event_id, position, attempts) VALUES (${consumer}, ${id}::uuid, 0, 1)
    ON CONFLICT DO NOTHING`;
  return inserted === 1;
}
