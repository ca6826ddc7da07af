/** How far a rebuild has come. */
export interface RebuildProgress {
  readonly processor: string;
  /** Events handled, by this run */
  readonly handled: number;
  /** Everything up to here is handled by every slot */
  readonly position: number;
  /** Where the live slot furthest back is */
  readonly target: number;
  /** `waiting` for the moment to switch: the live tables are being read, or live is far ahead again */
  readonly phase: 'building' | 'waiting' | 'done';
}

export interface Progress {
  handled(slot: number, position: number, events: number): void;
  aim(targets: readonly number[]): void;
  enter(phase: RebuildProgress['phase']): void;
}

/** Tells `tell` whenever something has changed. */
export function createProgress(
  processor: string,
  positions: readonly number[],
  tell: (progress: RebuildProgress) => void,
): Progress {
  const reached = [...positions];
  let targets: readonly number[] = positions;
  let handled = 0;
  let phase: RebuildProgress['phase'] = 'building';
  const changed = () =>
    tell({ processor, handled, position: Math.min(...reached), target: Math.min(...targets), phase });
  return {
    handled(slot, position, events) {
      reached[slot] = position;
      handled += events;
      changed();
    },
    aim(now) {
      targets = now;
      changed();
    },
    enter(now) {
      phase = now;
      changed();
    },
  };
}
