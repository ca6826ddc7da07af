/**
 * What a viewer can do. Each command writes the session's row and its events, or neither. All throw
 * BAD_USER_INPUT for ids that are empty, too long or not storable, and NOT_FOUND for what does not exist.
 */
import { randomUUIDv7 } from 'node:crypto';
import { z } from 'zod';
import type { Cause } from '../../events/envelope.ts';
import { Quality, type Video } from '../../generated/prisma/client.ts';
import { type Outbox, record } from '../../outbox/transaction.ts';
import { notFound } from '../../platform/errors.ts';
import { checkText, isUuid } from '../check.ts';
import { once } from '../idempotency.ts';
import {
  type Decision,
  decideHeartbeat,
  decideQualityChange,
  decideStart,
  decideStop,
  type Session,
} from './session.ts';
import {
  insertOf,
  lockSession,
  type SessionView,
  selectSession,
  selectVideo,
  toState,
  toView,
  updateSession,
  updateUnlessChanged,
} from './session-rows.ts';

export interface StartWatching {
  readonly userId: string;
  readonly videoId: string;
  readonly quality: Quality;
  /** The same key again has no second effect and gives the first answer */
  readonly idempotencyKey?: string | null | undefined;
}

/** Throws IDEMPOTENCY_KEY_REUSED when the key came with other arguments before. */
export async function startWatching(
  outbox: Outbox,
  cause: Cause,
  { idempotencyKey, ...args }: StartWatching,
  now: Date,
): Promise<SessionView> {
  const { userId, videoId, quality } = args;
  checkText('userId', userId);
  checkText('videoId', videoId);
  if (idempotencyKey === undefined || idempotencyKey === null) return startAtOnce(outbox, cause, args, now);
  return outbox.transaction(cause, (tx) =>
    once(
      tx,
      {
        operation: 'startWatching',
        key: idempotencyKey,
        arguments: { userId, videoId, quality },
        answer: sessionView,
      },
      async () => {
        const [video] = await tx.$queryRaw<Video[]>(selectVideo(videoId));
        if (!video) throw notFound('video', videoId);
        const { session, events } = decideStart({ sessionId: randomUUIDv7(), userId, video, quality }, now);
        await tx.$executeRaw(insertOf(session));
        record(tx, ...events);
        return toView(session, video);
      },
    ),
  );
}

async function startAtOnce(
  outbox: Outbox,
  cause: Cause,
  { userId, videoId, quality }: StartWatching,
  now: Date,
): Promise<SessionView> {
  const [video] = await outbox.read<Video>({ name: 'video', query: selectVideo(videoId) });
  if (!video) throw notFound('video', videoId);
  const { session, events } = decideStart({ sessionId: randomUUIDv7(), userId, video, quality }, now);
  await outbox.statement(cause, { name: 'start session', change: insertOf(session), events });
  return toView(session, video);
}

/** Throws SESSION_ENDED. To the quality that it has already: no event, and the session as it is. */
export async function changeQuality(
  outbox: Outbox,
  cause: Cause,
  { sessionId, quality }: { readonly sessionId: string; readonly quality: Quality },
  now: Date,
): Promise<SessionView> {
  return changeSession(outbox, cause, sessionId, (session) => decideQualityChange(session, quality, now));
}

/** Tells that the viewer is still there. Throws SESSION_ENDED. */
export async function heartbeat(
  outbox: Outbox,
  cause: Cause,
  { sessionId }: { readonly sessionId: string },
  now: Date,
): Promise<SessionView> {
  return changeSession(outbox, cause, sessionId, (session) => decideHeartbeat(session, now));
}

/** Throws SESSION_ENDED, for a second stop too. */
export async function stopWatching(
  outbox: Outbox,
  cause: Cause,
  { sessionId }: { readonly sessionId: string },
  now: Date,
): Promise<SessionView> {
  return changeSession(outbox, cause, sessionId, (session) => decideStop(session, now));
}

/** Decides on the session as it stands, and writes in one statement, which holds if it still stands so. */
async function changeSession(
  outbox: Outbox,
  cause: Cause,
  sessionId: string,
  decide: (session: Session) => Decision,
): Promise<SessionView> {
  checkSessionId(sessionId);
  const [row] = await outbox.read<SessionView>({ name: 'session', query: selectSession(sessionId) });
  if (!row) throw notFound('session', sessionId);
  const { session, events } = decide(toState(row));
  if (events.length === 0) return toView(session, row.video);
  const change = updateUnlessChanged(session);
  const isWritten = await outbox.statement(cause, { name: 'change session', change, events });
  if (isWritten) return toView(session, row.video);
  // another command was quicker: this time wait for the row
  return changeLocked(outbox, cause, sessionId, decide);
}

function changeLocked(
  outbox: Outbox,
  cause: Cause,
  sessionId: string,
  decide: (session: Session) => Decision,
): Promise<SessionView> {
  return outbox.transaction(cause, async (tx) => {
    const row = await lockSession(tx, sessionId);
    if (!row) throw notFound('session', sessionId);
    const { session, events } = decide(toState(row));
    if (events.length > 0) await updateSession(tx, session);
    record(tx, ...events);
    return toView(session, row.video);
  });
}

function checkSessionId(sessionId: string): void {
  checkText('sessionId', sessionId);
  if (!isUuid(sessionId)) throw notFound('session', sessionId);
}

/** How a stored answer is read back. */
const sessionView = z.object({
  id: z.string(),
  userId: z.string(),
  videoId: z.string(),
  quality: z.enum(Quality),
  startedAt: z.coerce.date(),
  endedAt: z.coerce.date().nullable(),
  lastSeenAt: z.coerce.date(),
  watchedSeconds: z.number().nullable(),
  version: z.number(),
  video: z.object({
    id: z.string(),
    title: z.string(),
    year: z.number().nullable(),
    genres: z.array(z.string()),
  }) satisfies z.ZodType<Video>,
}) satisfies z.ZodType<SessionView>;
