/** Reads of the catalogue. None throws for what does not exist. */
import { Prisma, type PrismaClient, type Video } from '../../generated/prisma/client.ts';
import { checkFirst, checkStorable } from '../check.ts';
import { readCursor, toPage, type VideoPage, type VideoPlace } from './page.ts';

export async function video(prisma: PrismaClient, id: string): Promise<Video | null> {
  checkStorable('id', id);
  // findUnique would be put together with those of other requests, and end with whichever of them is given up
  return prisma.video.findFirst({ where: { id } });
}

/** The videos of these ids, in their order, without those that do not exist. */
export async function videosById(prisma: PrismaClient, ids: readonly string[]): Promise<Video[]> {
  const found = await prisma.video.findMany({ where: { id: { in: [...ids] } } });
  const byId = new Map(found.map((each) => [each.id, each]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

export interface VideoSearch {
  /** Part of a title, in any case */
  readonly search?: string | null | undefined;
  /** 1 to 100 */
  readonly first: number;
  /** The cursor after which the page starts */
  readonly after?: string | null | undefined;
}

/** Videos by title, then id. Throws BAD_USER_INPUT for a bad `first` or `after`. */
export async function videos(
  prisma: PrismaClient,
  { search, first, after }: VideoSearch,
): Promise<VideoPage> {
  checkFirst(first);
  checkStorable('search', search ?? '');
  const place = typeof after === 'string' ? readCursor(after) : undefined;
  // the row comparison walks the index by (title, id) from the place on
  const found = await prisma.$queryRaw<Video[]>`
    SELECT id, title, year, genres
      FROM video
     WHERE ${matches(search)} AND ${isAfter(place)}
     ORDER BY title, id
     LIMIT ${first + 1}::int`;
  return toPage(found, first, place);
}

const isAfter = (place: VideoPlace | undefined) =>
  place ? Prisma.sql`(title, id) > (${place.title}, ${place.id})` : Prisma.sql`true`;

function matches(search: string | null | undefined): Prisma.Sql {
  if (!search) return Prisma.sql`true`;
  const literal = search.replace(/[\\%_]/g, (character) => `\\${character}`);
  return Prisma.sql`title ILIKE ${`%${literal}%`}`;
}
