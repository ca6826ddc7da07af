/** What Aorta has to reach beside the others, each ratio by its number of subscribers. */
import type { Floor } from '../harness.ts';

export const floors: readonly Floor[] = [
  {
    ratio: 'steadyOverStock1000',
    atLeast: 3.5,
    because: 'an event is executed and serialised once, where the stock stack does both for every subscriber',
  },
  {
    ratio: 'steadyOverRaw1000',
    atLeast: 0.85,
    because: 'what remains for each subscriber is what any server has to do: write bytes to its socket',
  },
  {
    ratio: 'cpuOverRaw1000',
    atMost: 1.3,
    because: 'a delivery may cost its operation id and its bookkeeping beside the write, no more',
  },
  {
    ratio: 'p99OverRaw1000',
    atMost: 2,
    because: 'the way through the log must not be felt by the last subscriber served',
  },
  {
    ratio: 'burstOverStock1000',
    atLeast: 20,
    because: 'messages that are ready together leave in one write',
  },
  {
    ratio: 'burstOverRawCoalesced1000',
    atLeast: 0.5,
    because: 'the ceiling knows no operation ids: every subscriber gets the very same buffer',
  },
  {
    ratio: 'steadyOverStock5000',
    atLeast: 4,
    because: 'the more subscribers, the more there is to share',
  },
  {
    ratio: 'memoryOverRaw5000',
    atMost: 1.5,
    because: 'a subscriber is its socket and a place in a group, not an execution of its own',
  },
];
