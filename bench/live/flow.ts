/** The ways in which a bench lets events flow: each settles when every socket has every event, and throws otherwise. */
import { setTimeout as delay } from 'node:timers/promises';
import { nowMs } from './clock.ts';
import { beginCounting, type Finished, type Flow } from './counting.ts';

/** Keeps up to `window` events on their way, published and not yet with every socket, while `measure` runs. */
export async function flowThrough<Measured>(
  flow: Flow,
  window: number,
  measure: () => Promise<Measured>,
): Promise<{ readonly measured: Measured; readonly finished: Finished }> {
  const counting = await beginCounting(flow);
  let isOpen = true;
  const fill = (completed: number) => {
    const free = window - (counting.published - completed);
    for (let event = 0; isOpen && event < free; event += 1) counting.publish(flow.make(1));
  };
  counting.onCompleted(fill);
  fill(0);
  const measured = await measure();
  isOpen = false;
  return { measured, finished: await counting.finish() };
}

/** Publishes them all at once. `startMs` is when the first was given away. */
export async function flowAtOnce(
  flow: Flow,
  events: number,
): Promise<Finished & { readonly startMs: number }> {
  const counting = await beginCounting(flow);
  const made = flow.make(events);
  const startMs = nowMs();
  counting.publish(made);
  return { ...(await counting.finish()), startMs };
}

/** Publishes `events` one after the other, `intervalMs` apart, and gives for each delivery how long it took, ms. */
export async function flowPaced(flow: Flow, events: number, intervalMs: number): Promise<readonly number[]> {
  const counting = await beginCounting(flow, true);
  const startMs = nowMs();
  const publishedAt: number[] = [];
  for (let event = 0; event < events; event += 1) {
    await delay(Math.max(0, startMs + event * intervalMs - nowMs()));
    const made = flow.make(1);
    publishedAt.push(nowMs());
    counting.publish(made);
  }
  const { receipts } = await counting.finish();
  return Array.from(receipts!.atMs, (atMs, index) => atMs - publishedAt[receipts!.event[index]!]!);
}
