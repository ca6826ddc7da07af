/** Sessions in Postgres: the rows that commands write, and how a row is a state. */
import { Prisma, type Video, type WatchSession } from '../../generated/prisma/client.ts';
import type { Tx } from '../../outbox/transaction.ts';
import type { Session } from './session.ts';

/** A session as it is shown: its row and its video. */
export interface SessionView extends WatchSession {
  readonly video: Video;
}

export const selectVideo = (id: string) =>
  Prisma.sql`SELECT id, title, year, genres FROM video WHERE id = ${id}`;

/** Inserts a session that has just begun. */
export function insertOf({
  id,
  userId,
  videoId,
  quality,
  startedAt,
  lastSeenAt,
  version,
}: Session): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO watch_session (id, user_id, video_id, quality, started_at, last_seen_at, version)
    VALUES (${id}::uuid, ${userId}, ${videoId}, ${quality}::quality, ${startedAt}::timestamptz,
            ${lastSeenAt}::timestamptz, ${version})`;
}

/** The session, locked until the transaction ends: no two commands decide on one version. `id` must be a uuid. */
export async function lockSession(tx: Tx, id: string): Promise<SessionView | undefined> {
  const rows = await tx.$queryRaw<SessionView[]>`${selectSession(id)} FOR UPDATE OF session`;
  return rows[0];
}

/** The session as it stands. `id` must be a uuid. */
export async function readSession(db: Pick<Tx, '$queryRaw'>, id: string): Promise<SessionView | undefined> {
  const rows = await db.$queryRaw<SessionView[]>(selectSession(id));
  return rows[0];
}

/** The query of `readSession`. `id` must be a uuid. */
export const selectSession = (id: string) => Prisma.sql`
  SELECT session.id, session.user_id AS "userId", session.video_id AS "videoId", session.quality,
         session.started_at AS "startedAt", session.ended_at AS "endedAt", session.last_seen_at AS "lastSeenAt",
         session.watched_seconds AS "watchedSeconds", session.version,
         json_build_object('id', video.id, 'title', video.title, 'year', video.year, 'genres', video.genres) AS video
    FROM watch_session session
    JOIN video ON video.id = session.video_id
   WHERE session.id = ${id}::uuid`;

/** Writes what a command can change. The session must be locked. */
export async function updateSession(tx: Tx, session: Session): Promise<void> {
  await tx.$executeRaw(updateOf(session));
}

/** The same for a session that is not locked: finds no row when the session is another by now than the one decided on. */
export function updateUnlessChanged(session: Session): Prisma.Sql {
  // no command leaves the version as it is and changes anything else
  return Prisma.sql`${updateOf(session)} AND version = ${session.version - 1}`;
}

function updateOf(session: Session): Prisma.Sql {
  const { id, quality, lastSeenAt, version } = session;
  const end = session.status === 'ended' ? session : { endedAt: null, watchedSeconds: null };
  return Prisma.sql`
    UPDATE watch_session
       SET quality = ${quality}::quality, last_seen_at = ${lastSeenAt}::timestamptz, version = ${version},
           ended_at = ${end.endedAt}::timestamptz, watched_seconds = ${end.watchedSeconds}::int
     WHERE id = ${id}::uuid`;
}

export function toState(row: WatchSession): Session {
  const { endedAt, watchedSeconds, ...viewing } = row;
  if (endedAt === null) return { status: 'watching', ...viewing };
  return { status: 'ended', ...viewing, endedAt, watchedSeconds: watchedSeconds ?? 0 };
}

export function toView(session: Session, video: Video): SessionView {
  const { status, ...viewing } = session;
  return { endedAt: null, watchedSeconds: null, ...viewing, video };
}
