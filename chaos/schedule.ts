/** Which fault comes when: pure, so that a seed is a schedule. */
import { createRandom } from '../demo/simulate.ts';
import { type Fault, type FaultName, faults, reachable } from './faults.ts';

export interface PlannedFault {
  readonly fault: FaultName;
  /** Of those that the fault reaches, one or all */
  readonly targets: readonly string[];
  /** From the start, ms */
  readonly atMs: number;
  readonly lastsMs: number;
  /** How much later a slow connection brings everything, ms */
  readonly slowMs: number;
}

const shortestGapMs = 300;
const longestGapMs = 2_700;
const shareOfAll = 0.25; // of the faults that can reach several, how many reach all of them at once

/**
 * The faults in the order of their beginnings; those of different targets overlap. Each kind comes once before any comes
 * again, and all are over when the time is.
 */
export function planFaults({
  seed,
  seconds,
  kinds,
}: {
  readonly seed: number;
  readonly seconds: number;
  readonly kinds: readonly FaultName[];
}): readonly PlannedFault[] {
  const random = createRandom(seed);
  const between = (least: number, most: number) => Math.round(least + random() * (most - least));
  const planned: PlannedFault[] = [];
  let turn: FaultName[] = [];
  let atMs = between(shortestGapMs, longestGapMs);
  while (atMs < seconds * 1_000 && kinds.length > 0) {
    if (turn.length === 0) turn = shuffled(kinds, random);
    const fault = turn.pop()!;
    const { reaches, lastsMs }: Fault = faults[fault];
    const names: readonly string[] = reachable[reaches];
    const one = names[Math.floor(random() * names.length)]!;
    planned.push({
      fault,
      targets: random() < shareOfAll ? names : [one],
      atMs,
      lastsMs: Math.min(between(...lastsMs), seconds * 1_000 - atMs),
      slowMs: between(10, 100),
    });
    atMs += between(shortestGapMs, longestGapMs);
  }
  return planned;
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const places = items.map((item) => ({ item, place: random() }));
  return places.sort((one, other) => one.place - other.place).map(({ item }) => item);
}
