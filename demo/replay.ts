/** Lets viewers watch through the public API: one mutation after the other for each of them, many of them at once. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Quality } from '../src/generated/prisma/enums.ts';
import { type ApiClient, requestsAtOnce } from './api-client.ts';
import { createSchedule } from './schedule.ts';

export interface Viewing {
  readonly userId: string;
  readonly videoId: string;
  readonly quality: Quality;
  /** What happens after the start, in order; the last one is the stop */
  readonly steps: readonly Step[];
}

export interface Step {
  /** Pause before it, in ms at 20 viewings per second; shorter at higher rates */
  readonly afterMs: number;
  readonly action: 'heartbeat' | 'stop' | { readonly changeTo: Quality };
}

export interface ReplayOptions {
  readonly api: ApiClient;
  /** Viewings started per second */
  readonly rate: number | 'max';
  readonly signal: AbortSignal;
  /** Called at the end of each viewing */
  readonly onFinished: () => void;
}

const lookahead = 5_000; // viewings: far enough to find a user who is free

/** Ends when every viewing has. Throws what the first failed mutation threw, when the others in hand have ended. */
export async function replay(viewings: readonly Viewing[], options: ReplayOptions): Promise<void> {
  const { rate, signal, onFinished } = options;
  const schedule = createSchedule(viewings, lookahead);
  const startedAt = performance.now();
  const failures: unknown[] = [];
  let started = 0;
  let running = 0;

  const run = async (viewing: Viewing, number: number) => {
    const due = rate === 'max' ? 0 : startedAt + (number * 1_000) / rate - performance.now();
    if (due > 0) await delay(due, undefined, { signal });
    await watch(viewing, options);
  };
  await new Promise<void>((resolve) => {
    const next = () => {
      while (running < requestsAtOnce && failures.length === 0 && !signal.aborted) {
        const viewing = schedule.next();
        if (!viewing) break;
        running += 1;
        run(viewing, started++)
          .then(onFinished, (error) => failures.push(error))
          .then(() => {
            running -= 1;
            schedule.finished(viewing);
            next();
          });
      }
      if (running === 0) resolve();
    };
    next();
  });
  signal.throwIfAborted();
  if (failures.length > 0) throw failures[0];
}

async function watch(viewing: Viewing, { api, rate, signal }: ReplayOptions): Promise<void> {
  const { userId, videoId, quality, steps } = viewing;
  const { startWatching } = await api.call<{ startWatching: { id: string } }>(start, {
    userId,
    videoId,
    quality,
  });
  const sessionId = startWatching.id;
  const pace = rate === 'max' ? 0 : Math.min(1, 20 / rate);
  for (const { afterMs, action } of steps) {
    if (afterMs * pace > 0) await delay(afterMs * pace, undefined, { signal });
    if (typeof action === 'object') await api.call(changeQuality, { sessionId, quality: action.changeTo });
    else await api.call(action === 'stop' ? stop : heartbeat, { sessionId });
  }
}

const start = `mutation Start($userId: ID!, $videoId: ID!, $quality: Quality!) {
  startWatching(userId: $userId, videoId: $videoId, quality: $quality) { id }
}`;
const changeQuality = `mutation Change($sessionId: ID!, $quality: Quality!) {
  changeQuality(sessionId: $sessionId, quality: $quality) { id }
}`;
const heartbeat = 'mutation Beat($sessionId: ID!) { heartbeat(sessionId: $sessionId) { id } }';
const stop = 'mutation Stop($sessionId: ID!) { stopWatching(sessionId: $sessionId) { id } }';
