/** Reads of what the services keep. A user or video that nobody knows gives an empty answer, not an error. */
import type {
  Badge,
  Notification,
  PrismaClient,
  Quality as QualityName,
  Video,
} from '../../generated/prisma/client.ts';
import { Quality } from '../../generated/prisma/enums.ts';
import { checkFirst, checkStorable, isUuid } from '../check.ts';
import { videosById } from './catalogue-queries.ts';
import { decay } from './preference-decay.ts';
import { recommend } from './recommendation-model.ts';
import { readSession, type SessionView } from './session-rows.ts';

export { type VideoSearch, video, videos, videosById } from './catalogue-queries.ts';
export type { VideoPage } from './page.ts';

/** null when there is none, and for what is no uuid. */
export async function session(prisma: PrismaClient, id: string): Promise<SessionView | null> {
  return (isUuid(id) && (await readSession(prisma, id))) || null;
}

/** How long a session counts as being watched after its last sign of life. */
export const seenForMs = 30_000;

export interface Viewership {
  readonly videoId: string | null;
  readonly concurrentViewers: number;
  /** From SD to UHD, without those that nobody watches in */
  readonly byQuality: readonly { readonly quality: QualityName; readonly viewers: number }[];
  readonly at: Date;
}

/** Who is watching at `now`: one video, or all. */
export async function viewership(
  prisma: PrismaClient,
  videoId: string | null | undefined,
  now: Date,
): Promise<Viewership> {
  checkStorable('videoId', videoId ?? '');
  const groups = await prisma.viewer.groupBy({
    by: ['quality'],
    where: {
      lastSeenAt: { gt: new Date(now.getTime() - seenForMs) },
      ...(typeof videoId === 'string' && { videoId }),
    },
    orderBy: { quality: 'asc' },
    _count: true,
  });
  const byQuality = groups.map(({ quality, _count: viewers }) => ({ quality, viewers }));
  const concurrentViewers = byQuality.reduce((sum, { viewers }) => sum + viewers, 0);
  return { videoId: videoId ?? null, concurrentViewers, byQuality, at: now };
}

export interface Preferences {
  readonly userId: string;
  /** Best first, at most ten */
  readonly favouriteGenres: readonly { readonly genre: string; readonly score: number }[];
  readonly preferredQuality: QualityName | null;
}

/** What a user likes, each score as it has faded until `now`. */
export async function preferences(prisma: PrismaClient, userId: string, now: Date): Promise<Preferences> {
  checkStorable('userId', userId);
  const genres = await prisma.genreScore.findMany({ where: { userId } });
  const qualities = await prisma.qualityScore.findMany({ where: { userId } });
  const favouriteGenres = genres
    .map(({ genre, score, scoredAt }) => ({ genre, score: decay(score, scoredAt, now) }))
    .sort((one, other) => other.score - one.score || (one.genre < other.genre ? -1 : 1))
    .slice(0, 10);
  const preferred = qualities
    .map(({ quality, score, scoredAt }) => ({ quality, score: decay(score, scoredAt, now) }))
    .sort((one, other) => other.score - one.score || rank(other.quality) - rank(one.quality));
  return { userId, favouriteGenres, preferredQuality: preferred[0]?.quality ?? null };
}

const rank = (quality: QualityName) => Object.values(Quality).indexOf(quality);

/** What to watch next, best first; for a user without a history what most have watched. Throws BAD_USER_INPUT. */
export async function recommendations(prisma: PrismaClient, userId: string, first: number): Promise<Video[]> {
  checkFirst(first);
  checkStorable('userId', userId);
  return videosById(prisma, await recommend(prisma, userId, first));
}

/** In the order in which they were awarded. */
export async function badges(prisma: PrismaClient, userId: string): Promise<Badge[]> {
  checkStorable('userId', userId);
  return prisma.badge.findMany({ where: { userId }, orderBy: [{ awardedAt: 'asc' }, { name: 'asc' }] });
}

/** Newest first. Throws BAD_USER_INPUT. */
export async function notifications(
  prisma: PrismaClient,
  userId: string,
  first: number,
): Promise<Notification[]> {
  checkFirst(first);
  checkStorable('userId', userId);
  return prisma.notification.findMany({
    where: { userId },
    orderBy: [{ sentAt: 'desc' }, { id: 'asc' }],
    take: first,
  });
}

export interface RankedVideo {
  /** From 1 */
  readonly rank: number;
  readonly video: Video;
  readonly starts: number;
}

/** The videos that were started most often. Throws BAD_USER_INPUT. */
export async function leaderboard(prisma: PrismaClient, first: number): Promise<RankedVideo[]> {
  checkFirst(first);
  const rankings = await prisma.ranking.findMany({
    orderBy: [{ starts: 'desc' }, { videoId: 'asc' }],
    take: first,
  });
  const found = await videosById(
    prisma,
    rankings.map(({ videoId }) => videoId),
  );
  const starts = new Map(rankings.map((ranking) => [ranking.videoId, ranking.starts]));
  return found.map((each, index) => ({ rank: index + 1, video: each, starts: starts.get(each.id) ?? 0 }));
}
