/** How the loops of this process fare: what readiness and metrics tell. A process runs one role, so that names are enough. */
import { messageOf } from './errors.ts';
import { keyOf } from './key.ts';
import { reasonOf } from './reason.ts';

export interface LoopState {
  readonly name: string;
  /** Turns in a row that threw; 0 after one that passed */
  readonly failures: number;
  /** Of the first of them, and the error of the newest */
  readonly failing: { readonly since: Date; readonly error: string } | undefined;
  /** The pause that it is in because of them, ms; 0 outside of one */
  readonly backoffMs: number;
}

/** Written by the loop that it belongs to. */
export interface LoopRecord {
  passed(): void;
  /** Gives the reason, in a word. */
  failed(error: unknown, backoffMs: number): string;
  turning(): void;
  ended(): void;
}

const running = new Set<LoopState>();
const failed = new Map<string, { readonly loop: string; readonly reason: string; count: number }>();

/** Those that run now. */
export const loopStates = (): readonly LoopState[] => [...running];

/** Turns that threw since the process began, also those of loops that have ended. */
export const loopFailures = (): readonly {
  readonly loop: string;
  readonly reason: string;
  readonly count: number;
}[] => [...failed.values()];

export function recordLoop(name: string): LoopRecord {
  const state = {
    name,
    failures: 0,
    failing: undefined as LoopState['failing'],
    backoffMs: 0,
  };
  running.add(state);
  return {
    passed() {
      state.failures = 0;
      state.failing = undefined;
    },
    failed(error, backoffMs) {
      state.failures += 1;
      state.failing = { since: state.failing?.since ?? new Date(), error: messageOf(error) };
      state.backoffMs = backoffMs;
      const reason = reasonOf(error);
      count(name, reason);
      return reason;
    },
    turning() {
      state.backoffMs = 0;
    },
    ended: () => void running.delete(state),
  };
}

function count(loop: string, reason: string): void {
  const key = keyOf(loop, reason);
  const entry = failed.get(key) ?? { loop, reason, count: 0 };
  entry.count += 1;
  failed.set(key, entry);
}
