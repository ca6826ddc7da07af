import { upsertVideos } from '../src/domains/streaming/catalogue.ts';
import type { PrismaClient } from '../src/generated/prisma/client.ts';
import type { Story } from './story.ts';

/** Writes what exists before anybody watches: the videos, and who is whose friend. */
export async function seed(prisma: PrismaClient, { videos, friendships }: Story): Promise<void> {
  await upsertVideos(prisma, videos);
  await prisma.friendship.createMany({ data: [...friendships] });
}
