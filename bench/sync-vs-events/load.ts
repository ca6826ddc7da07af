/** Viewers who start one video after the other, as fast as they are answered. */
import { builtInCatalogue } from '../../src/domains/streaming/catalogue.ts';

export interface Load {
  /** Of the GraphQL endpoint */
  readonly url: string;
  readonly viewers: number;
  /** Of all viewers together */
  readonly mutations: number;
  /** Makes the viewers of this load other people than those of another */
  readonly label: string;
}

export interface LoadResult {
  /** How long each mutation took to be answered, failed ones included, ms */
  readonly responseMs: readonly number[];
  readonly failed: number;
}

/** Settles when every mutation was answered or has failed. */
export async function runLoad({ url, viewers, mutations, label }: Load): Promise<LoadResult> {
  const responseMs: number[] = [];
  let failed = 0;
  let begun = 0;
  const watch = async (userId: string) => {
    while (begun < mutations) {
      const video = builtInCatalogue[begun % builtInCatalogue.length]!;
      begun += 1;
      const start = performance.now();
      const succeeded = await startWatching(url, userId, video.id);
      responseMs.push(performance.now() - start);
      if (!succeeded) failed += 1;
    }
  };
  await Promise.all(viewerIds(label, viewers).map(watch));
  return { responseMs, failed };
}

export const viewerIds = (label: string, viewers: number): readonly string[] =>
  Array.from({ length: viewers }, (_, index) => `${label}-viewer-${index}`);

const mutation =
  'mutation ($userId: ID!, $videoId: ID!) { startWatching(userId: $userId, videoId: $videoId) { id } }';

/** False for whatever a viewer would take for a failure. */
async function startWatching(url: string, userId: string, videoId: string): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query: mutation, variables: { userId, videoId } }),
    });
    const answer = (await response.json()) as { data?: { startWatching?: { id?: string } | null } | null };
    return answer.data?.startWatching?.id !== undefined;
  } catch {
    return false;
  }
}
