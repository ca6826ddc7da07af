/** Viewers who use the public API: what it has answered must be so. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ask } from './ask.ts';

/** A mutation that was answered without an error, and by what its event can be found. */
export interface Acknowledged {
  readonly mutation: string;
  readonly sessionId: string;
  /** Of the event; undefined where an earlier request can have caused it */
  readonly correlationId: string | undefined;
  /** ms since 1970 */
  readonly at: number;
}

export interface ViewerOptions {
  readonly userId: string;
  readonly chooseUrl: () => string;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly acknowledged: Acknowledged[];
}

const paceMs = 40;

const start = `mutation ($userId: ID!, $videoId: ID!, $key: String!) {
  session: startWatching(userId: $userId, videoId: $videoId, quality: HD, idempotencyKey: $key) { id } }`;
const beat = 'mutation ($sessionId: ID!) { session: heartbeat(sessionId: $sessionId) { id } }';
const stop = 'mutation ($sessionId: ID!) { session: stopWatching(sessionId: $sessionId) { id } }';

/** Watches one video after the other. A start is asked for again under its key until it is answered; the rest is not. */
export async function watchVideos(options: ViewerOptions): Promise<void> {
  const { userId, random, signal } = options;
  for (let count = 0; !signal.aborted; count += 1) {
    const videoId = `v${Math.floor(random() * 10)}`;
    const sessionId = await insist(options, { userId, videoId, key: `${userId}-${count}` });
    if (sessionId === undefined) return;
    for (let beats = Math.floor(random() * 4); beats > 0; beats -= 1) {
      await delay(random() * paceMs);
      await once(options, 'heartbeat', beat, sessionId);
    }
    await delay(random() * paceMs);
    await once(options, 'stopWatching', stop, sessionId);
  }
}

/** Gives the session's id; undefined when the writers were stopped before an answer came. */
async function insist(options: ViewerOptions, variables: Start): Promise<string | undefined> {
  while (!options.signal.aborted) {
    const sessionId = await askForSession(options, start, variables).catch(() => undefined);
    if (sessionId !== undefined) {
      const mutation = `startWatching with the key ${variables.key}`;
      options.acknowledged.push({ mutation, sessionId, correlationId: undefined, at: Date.now() });
      return sessionId;
    }
    await delay(100);
  }
  return undefined;
}

interface Start {
  readonly userId: string;
  readonly videoId: string;
  readonly key: string;
}

/** An answer that never came says nothing of the commit. */
async function once(
  options: ViewerOptions,
  mutation: string,
  query: string,
  sessionId: string,
): Promise<void> {
  const correlationId = randomUUID();
  const answered = await askForSession(options, query, { sessionId }, correlationId).catch(() => undefined);
  if (answered) options.acknowledged.push({ mutation, sessionId, correlationId, at: Date.now() });
}

/** Gives the session's id. Throws when there was no answer, or an error. */
async function askForSession(
  { chooseUrl }: ViewerOptions,
  query: string,
  variables: object,
  correlationId: string = randomUUID(),
): Promise<string> {
  const { session } = await ask<{ session: { id: string } }>({ chooseUrl, query, variables, correlationId });
  return session.id;
}
