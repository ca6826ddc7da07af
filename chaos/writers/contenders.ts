/**
 * Writers that make it hard to keep the order: several at one session, transactions that commit late or never after
 * they have taken positions, and some that were long open before they touch anything.
 */
import { setTimeout as delay } from 'node:timers/promises';
import * as streaming from '../../src/domains/streaming/commands.ts';
import { decideQualityChange } from '../../src/domains/streaming/session.ts';
import { lockSession, toState, updateSession } from '../../src/domains/streaming/session-rows.ts';
import { requestCause } from '../../src/events/envelope.ts';
import { Quality } from '../../src/generated/prisma/enums.ts';
import { insertEvents } from '../../src/outbox/insert-events.ts';
import { createOutbox, type Tx } from '../../src/outbox/transaction.ts';
import type { Database } from '../../src/platform/postgres.ts';

export interface ContenderOptions {
  readonly database: Pick<Database, 'prisma' | 'pool'>;
  /** Sessions that all contenders write to, which each replaces when it has ended; holes at first */
  readonly shared: (string | undefined)[];
  readonly random: () => number;
  readonly signal: AbortSignal;
}

const paceMs = 60;
const longestMs = 1_000; // that a transaction is held open

/** Writes until the signal. What fails is left: the store knows what was committed. */
export async function contend({ database, shared, random, signal }: ContenderOptions): Promise<void> {
  // without nudges: the relay finds what it is not told of
  const outbox = createOutbox({ ...database, nudge: () => {} });
  const cause = requestCause('contender');
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)]!;

  const beginSession = async (place: number) => {
    const viewing = { userId: `u${place}`, videoId: pick(videoIds), quality: pick(qualities) };
    shared[place] = (await streaming.startWatching(outbox, cause, viewing, new Date())).id;
  };
  const write = async (sessionId: string, place: number) => {
    const change = { sessionId, quality: pick(qualities) };
    const choice = random();
    if (choice < 0.5) await streaming.changeQuality(outbox, cause, change, new Date());
    else if (choice < 0.75) await streaming.heartbeat(outbox, cause, { sessionId }, new Date());
    else if (choice < 0.82) {
      await streaming.stopWatching(outbox, cause, { sessionId }, new Date());
      await beginSession(place);
    } else {
      const steps = {
        openFirstMs: random() * 200,
        holdMs: random() ** 4 * longestMs,
        commits: random() < 0.5,
      };
      await writeSlowly(database, change, steps);
    }
  };
  while (!signal.aborted) {
    const place = Math.floor(random() * shared.length);
    const sessionId = shared[place];
    await (sessionId === undefined ? beginSession(place) : write(sessionId, place)).catch(async (error) => {
      if (error.code === 'SESSION_ENDED') await beginSession(place).catch(() => {});
    });
    await delay(random() * paceMs);
  }
}

const videoIds = Array.from({ length: 10 }, (_, index) => `v${index}`);
const qualities = Object.values(Quality);

interface Steps {
  /** The transaction is open for so long, and has an id, before it locks the session */
  readonly openFirstMs: number;
  /** It stays open for so long after its events have taken their positions */
  readonly holdMs: number;
  readonly commits: boolean;
}

async function writeSlowly(
  { prisma }: ContenderOptions['database'],
  { sessionId, quality }: { readonly sessionId: string; readonly quality: Quality },
  { openFirstMs, holdMs, commits }: Steps,
): Promise<void> {
  await prisma.$transaction(async (tx: Tx) => {
    await tx.$executeRaw`SELECT pg_current_xact_id()`;
    await delay(openFirstMs);
    const row = await lockSession(tx, sessionId);
    const { session, events } = decideQualityChange(toState(row!), quality, new Date());
    await updateSession(tx, session);
    const cause = requestCause('slow-contender');
    await insertEvents(
      tx,
      events.map((event) => ({ cause, event })),
    );
    await delay(holdMs);
    if (!commits) throw new Error('rolled back on purpose');
  });
}
