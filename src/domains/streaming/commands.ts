/**
 * What a viewer can do. Each command writes the session's row and its events, or neither. All throw
 * BAD_USER_INPUT for ids that are empty, too long or not storable, and NOT_FOUND for what does not exist; with an
 * idempotency key also IDEMPOTENCY_KEY_REUSED, and the same key again gives the first answer with no second effect.
 */
import { randomUUIDv7 } from 'node:crypto';
import { z } from 'zod';
import type { Cause } from '../../events/envelope.ts';
import { Quality, type Video } from '../../generated/prisma/client.ts';
import { type Outbox, record } from '../../outbox/transaction.ts';
import { notFound } from '../../platform/errors.ts';
import { checkText, isUuid } from '../check.ts';
import { inOutbox, type Keyed, type KeyedCommand, keyed } from '../idempotency.ts';
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

export type StartWatching = Keyed & {
  readonly userId: string;
  readonly videoId: string;
  readonly quality: Quality;
};
type OfSession = Keyed & { readonly sessionId: string };

const command = <Args extends OfSession | StartWatching>(
  operation: string,
  run: KeyedCommand<Outbox, Args, SessionView>['run'],
) => keyed({ operation, answer: sessionView, within: inOutbox, run });

export const startWatching = command<StartWatching>(
  'startWatching',
  async (outbox, cause, { userId, videoId, quality }, now) => {
    checkText('userId', userId);
    checkText('videoId', videoId);
    const [video] = await outbox.read<Video>({ name: 'video', query: selectVideo(videoId) });
    if (!video) throw notFound('video', videoId);
    const { session, events } = decideStart({ sessionId: randomUUIDv7(), userId, video, quality }, now);
    await outbox.statement(cause, { name: 'start session', change: insertOf(session), events });
    return toView(session, video);
  },
);

/** Throws SESSION_ENDED. To the quality that it has already: no event, and the session as it is. */
export const changeQuality = command<OfSession & { readonly quality: Quality }>(
  'changeQuality',
  (outbox, cause, { sessionId, quality }, now) =>
    changeSession(outbox, cause, sessionId, (session) => decideQualityChange(session, quality, now)),
);

/** Tells that the viewer is still there: one statement, unless it comes with a key. Throws SESSION_ENDED. */
export const heartbeat = command<OfSession>('heartbeat', (outbox, cause, { sessionId }, now) =>
  changeSession(outbox, cause, sessionId, (session) => decideHeartbeat(session, now)),
);

/** Throws SESSION_ENDED, for a second stop too, unless it comes with the key of the first. */
export const stopWatching = command<OfSession>('stopWatching', (outbox, cause, { sessionId }, now) =>
  changeSession(outbox, cause, sessionId, (session) => decideStop(session, now)),
);

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
