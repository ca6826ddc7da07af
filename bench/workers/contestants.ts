/** Who is measured, at what, and with how many events. */
import {
  type Enqueue,
  enqueueByRelay,
  enqueueForBullmq,
  enqueueForGraphileWorker,
  enqueueForPgBoss,
} from './enqueue.ts';
import type { Work } from './work.ts';

export interface Contestant {
  readonly name: string;
  readonly work: Work;
  readonly events: number;
  readonly enqueue: Enqueue;
  readonly script: URL;
  /** Of its process to PostgreSQL, so that no handler that may run waits for one */
  readonly connections: number;
  readonly env?: NodeJS.ProcessEnv;
}

export interface Sizes {
  /** For those who take a transaction an event */
  readonly events: number;
  /** For those who take batches, or do nothing */
  readonly batched: number;
  /** For those whose handler waits */
  readonly ordered: number;
}

const systems = {
  aorta: { enqueue: enqueueByRelay, connections: 10 },
  bullmq: { enqueue: enqueueForBullmq, connections: 10 },
  'graphile-worker': { enqueue: enqueueForGraphileWorker, connections: 24 },
  'pg-boss': { enqueue: enqueueForPgBoss, connections: 10 },
} as const;

const laneConnections = 20; // 16 lanes have a transaction open while they wait

export function contestants({ events, batched, ordered }: Sizes): readonly Contestant[] {
  const contestant = (system: keyof typeof systems, work: Work, count: number): Contestant => ({
    name: `${system}, ${work}`,
    work,
    events: count,
    script: new URL(`processes/${system}.ts`, import.meta.url),
    ...systems[system],
  });
  return [
    contestant('aorta', 'one-row', events),
    contestant('bullmq', 'one-row', events),
    { ...contestant('bullmq', 'one-row', events), name: 'bullmq + inbox, one-row', env: { INBOX: 'bench' } },
    contestant('graphile-worker', 'one-row', events),
    contestant('pg-boss', 'one-row', events),
    contestant('aorta', 'one-row-batches', batched),
    contestant('pg-boss', 'one-row-batches', batched),
    contestant('aorta', 'no-op', events),
    contestant('aorta', 'no-op-batches', batched),
    contestant('bullmq', 'no-op', batched),
    contestant('graphile-worker', 'no-op', batched),
    contestant('pg-boss', 'no-op', batched),
    { ...contestant('aorta', 'by-key', ordered), connections: laneConnections },
    { ...contestant('aorta', 'serial', ordered), connections: laneConnections },
  ];
}
