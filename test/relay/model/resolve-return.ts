/**
 * Which history an epoch stands for after Postgres went back. As long as all that was published is in both, either may
 * follow. Once they differ, what is published belongs to the former one, and the epoch has to change before anything
 * of the new one is published.
 */
import { factsIn, type History, type Model, topics } from './model.ts';
import type { StoredLog } from './stored-log.ts';

export function resolveReturn(model: Model, stored: (epoch: string) => StoredLog | undefined): void {
  if (!model.returned) return;
  const { epoch, former } = model.returned;
  const log = model.logs.get(epoch)!;
  const wasSame = log.history === model.history;
  const upTo = log.through ?? 0;
  if (idsOf(former, 0, upTo) === idsOf(model.history, 0, upTo)) {
    log.history = model.history;
  } else if (wasSame && !fits(former, stored(epoch)) && fits(model.history, stored(epoch))) {
    model.returned = undefined; // nothing that was lost had been published: the epoch goes on
  } else {
    log.history = former;
  }
}

function fits(history: History, stored: StoredLog | undefined): boolean {
  if (!stored) return true;
  return [...stored.streams].every(([topic, { floor, entries }]) => {
    const wanted = factsIn(history, { topics: [topic], after: floor, upTo: stored.through });
    return wanted.map(({ id }) => id).join() === entries.map(({ id }) => id).join();
  });
}

const idsOf = (history: History, after: number, upTo: number) =>
  factsIn(history, { topics, after, upTo })
    .map(({ id }) => id)
    .join();
