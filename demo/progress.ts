/** One line about every second that tells how far the viewers and the services are. */
import { messageOf } from '../src/platform/errors.ts';
import type { ApiClient } from './api-client.ts';
import type { Screen } from './screen.ts';

export interface ProgressOptions {
  readonly screen: Screen;
  readonly api: ApiClient;
  readonly viewings: () => { readonly done: number; readonly all: number };
  readonly delivered: () => number;
}

const everyMs = 1_000;

/** Tells until it is stopped. What it cannot find out it leaves out. */
export function showProgress({ screen, api, viewings, delivered }: ProgressOptions): { stop(): void } {
  let before = { at: performance.now(), delivered: delivered() };
  let asking = false;
  const tell = async () => {
    if (asking) return; // an api that is busy is not asked twice at once
    asking = true;
    const backlog = await readBacklog(api).catch((error) => `?: ${messageOf(error)}`);
    asking = false;
    if (stopped) return;
    const now = { at: performance.now(), delivered: delivered() };
    const perSecond = ((now.delivered - before.delivered) * 1_000) / (now.at - before.at);
    before = now;
    const { done, all } = viewings();
    const facts = [
      `${count(done)} of ${count(all)} viewings`,
      `${count(now.delivered)} events delivered, ${count(Math.round(perSecond))}/s`,
      `behind: ${backlog}`,
    ];
    screen.status(`  ${facts.join(' · ')}`);
  };
  let stopped = false;
  const timer = setInterval(() => void tell(), everyMs);
  return {
    stop() {
      stopped = true;
      clearInterval(timer);
    },
  };
}

/** The services that have events to handle, and how many, as operators see it. */
async function readBacklog(api: ApiClient): Promise<string> {
  const { pipeline } = await api.call<Pipeline>('{ pipeline { outboxLag consumers { consumer lag } } }');
  const behind = pipeline.consumers.filter(({ lag }) => lag > 0);
  const parts = behind.map(({ consumer, lag }) => `${consumer} ${count(lag)}`);
  if (pipeline.outboxLag > 0) parts.unshift(`relay ${count(pipeline.outboxLag)}`);
  return parts.join(', ') || 'nobody';
}

interface Pipeline {
  readonly pipeline: {
    readonly outboxLag: number;
    readonly consumers: readonly { readonly consumer: string; readonly lag: number }[];
  };
}

const count = (value: number) => value.toLocaleString('en');
