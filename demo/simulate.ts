/** Viewers who do not exist: each has a taste, a device, and little patience. */
import type { Video } from '../src/generated/prisma/client.ts';
import { Quality } from '../src/generated/prisma/enums.ts';
import type { Step, Viewing } from './replay.ts';

export interface Simulation {
  readonly videos: readonly Video[];
  /** The same seed gives the same viewings */
  readonly seed: number;
  /** How many viewings */
  readonly count: number;
}

const names =
  `ada alan annie barbara bob carl donald dorothy edsger emmy frances george grace hedy ida jean joan
john karen katherine ken leslie lin linus lise lynn margaret maria mary niklaus radia rosalind shafi sophie stephanie
susan tim vera yukihiro`.split(/\s+/);

interface Viewer {
  readonly userId: string;
  readonly favourites: readonly string[];
  readonly quality: Quality;
}

/** Rounds in which every viewer watches one video, in an order that differs from round to round. */
export function simulate({ videos, seed, count }: Simulation): readonly Viewing[] {
  const random = createRandom(seed);
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)]!;
  const genres = [...new Set(videos.flatMap((video) => video.genres))];
  const viewers = names.map(
    (userId): Viewer => ({
      userId,
      favourites: [pick(genres), pick(genres)],
      quality: pick(Object.values(Quality)),
    }),
  );
  const viewings: Viewing[] = [];
  while (viewings.length < count) {
    for (const { userId, favourites, quality } of shuffled(viewers, random)) {
      const liked = videos.filter((video) => video.genres.some((genre) => favourites.includes(genre)));
      const video = pick(random() < 0.8 ? liked : videos);
      viewings.push({ userId, videoId: video.id, quality, steps: makeSteps(quality, random) });
    }
  }
  return viewings.slice(0, count);
}

/** Up to two signs of life, a change of quality at times, and the end: about a second at the usual pace. */
function makeSteps(quality: Quality, random: () => number): readonly Step[] {
  const pause = () => Math.round(200 + random() * 400);
  const beats = Array.from(
    { length: Math.floor(random() * 3) },
    (): Step => ({ afterMs: pause(), action: 'heartbeat' }),
  );
  const changeTo = quality === 'UHD' ? 'HD' : 'UHD';
  const change: Step[] = random() < 0.25 ? [{ afterMs: pause(), action: { changeTo } }] : [];
  return [...beats, ...change, { afterMs: pause(), action: 'stop' }];
}

function shuffled<Item>(items: readonly Item[], random: () => number): readonly Item[] {
  const places = items.map((item) => ({ item, place: random() }));
  return places.sort((one, other) => one.place - other.place).map(({ item }) => item);
}

/** Numbers from 0 to below 1 that look random and depend on the seed only (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
