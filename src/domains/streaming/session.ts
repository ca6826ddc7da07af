/** The rules of a viewing session: given its state, what a command leads to. Pure: no clock, no random, no I/O. */
import type { NewEvent } from '../../events/define-event.ts';
import type { Quality, Video } from '../../generated/prisma/client.ts';
import { DomainError } from '../../platform/errors.ts';
import { heartbeat, qualityChanged, watchStarted, watchStopped } from './events.ts';

interface Viewing {
  readonly id: string;
  readonly userId: string;
  readonly videoId: string;
  readonly quality: Quality;
  readonly startedAt: Date;
  /** When it was started or last gave a heartbeat */
  readonly lastSeenAt: Date;
  /** The number of events recorded for it, heartbeats included */
  readonly version: number;
}

export interface Watching extends Viewing {
  readonly status: 'watching';
}

export interface Ended extends Viewing {
  readonly status: 'ended';
  readonly endedAt: Date;
  /** Whole seconds from start to stop */
  readonly watchedSeconds: number;
}

export type Session = Watching | Ended;

/** What comes of a command: the session after it, and the events that tell of it. No event: nothing changed. */
export interface Decision {
  readonly session: Session;
  readonly events: readonly NewEvent[];
}

export interface Start {
  readonly sessionId: string;
  readonly userId: string;
  readonly video: Video;
  readonly quality: Quality;
}

export function decideStart({ sessionId, userId, video, quality }: Start, now: Date): Decision {
  const session: Watching = {
    status: 'watching',
    id: sessionId,
    userId,
    videoId: video.id,
    quality,
    startedAt: now,
    lastSeenAt: now,
    version: 1,
  };
  const payload = { ...identity(session), quality, title: video.title, genres: video.genres };
  return { session, events: [watchStarted.of({ ...place(session, now), payload })] };
}

/** Throws SESSION_ENDED. The quality that it has already is no change. */
export function decideQualityChange(state: Session, to: Quality, now: Date): Decision {
  const watching = assertWatching(state);
  if (watching.quality === to) return { session: watching, events: [] };
  const session: Watching = { ...watching, quality: to, version: watching.version + 1 };
  const payload = { ...identity(session), from: watching.quality, to };
  return { session, events: [qualityChanged.of({ ...place(session, now), payload })] };
}

/** Throws SESSION_ENDED. */
export function decideHeartbeat(state: Session, now: Date): Decision {
  const watching = assertWatching(state);
  const session: Watching = {
    ...watching,
    lastSeenAt: later(watching.lastSeenAt, now), // the clocks of two nodes may differ
    version: watching.version + 1,
  };
  const payload = { ...identity(session), quality: session.quality };
  return { session, events: [heartbeat.of({ ...place(session, now), payload })] };
}

/** Throws SESSION_ENDED, for a second stop too. */
export function decideStop(state: Session, now: Date): Decision {
  const watching = assertWatching(state);
  const endedAt = later(watching.startedAt, now);
  const session: Ended = {
    ...watching,
    status: 'ended',
    endedAt,
    watchedSeconds: Math.floor((endedAt.getTime() - watching.startedAt.getTime()) / 1_000),
    version: watching.version + 1,
  };
  const payload = { ...identity(session), watchedSeconds: session.watchedSeconds };
  return { session, events: [watchStopped.of({ ...place(session, now), payload })] };
}

function assertWatching(session: Session): Watching {
  if (session.status === 'ended')
    throw new DomainError('SESSION_ENDED', `Session "${session.id}" has ended.`);
  return session;
}

const identity = ({ id, userId, videoId }: Session) => ({ sessionId: id, userId, videoId });

const place = ({ id, version }: Session, now: Date) => ({
  aggregateId: id,
  aggregateVersion: version,
  occurredAt: now,
});

const later = (one: Date, other: Date) => (one > other ? one : other);
