/** Every bench there is: a new one is added here. */
import type { Bench } from './harness.ts';
import { recommendations } from './recommendations/bench.ts';
import { syncVsEvents } from './sync-vs-events/bench.ts';

export const benches: readonly Bench[] = [syncVsEvents, recommendations];
