import DataLoader from 'dataloader';
import { videosById } from '../domains/streaming/queries.ts';
import type { PrismaClient } from '../platform/postgres.ts';
import type { Loaders } from './context.ts';

/** For one request, or for one event of a subscription. */
export function createLoaders(prisma: PrismaClient): Loaders {
  return {
    videoById: new DataLoader(async (ids) => {
      const videos = await videosById(prisma, ids);
      const byId = new Map(videos.map((video) => [video.id, video]));
      return ids.map((id) => byId.get(id));
    }),
  };
}
