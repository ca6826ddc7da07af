/** Every bench there is: a new one is added here. */
import { cycles } from './cycles/bench.ts';
import { fanout } from './fanout/bench.ts';
import type { Bench } from './harness.ts';
import { history } from './history/bench.ts';
import { latency } from './latency/bench.ts';
import { recommendations } from './recommendations/bench.ts';
import { relay } from './relay/bench.ts';
import { resume } from './resume/bench.ts';
import { selective } from './selective/bench.ts';
import { slow } from './slow/bench.ts';
import { syncVsEvents } from './sync-vs-events/bench.ts';
import { takeover } from './takeover/bench.ts';
import { workers } from './workers/bench.ts';
import { write } from './write/bench.ts';

export const benches: readonly Bench[] = [
  syncVsEvents,
  recommendations,
  fanout,
  selective,
  resume,
  slow,
  cycles,
  write,
  history,
  relay,
  latency,
  takeover,
  workers,
];
