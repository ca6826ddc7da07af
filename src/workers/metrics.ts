import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface WorkerMetrics {
  readonly handled: Counter<'consumer'>;
  readonly skipped: Counter<'consumer'>;
  readonly failures: Counter<'consumer'>;
  readonly deadLetters: Counter<'consumer'>;
  readonly duration: Histogram<'consumer'>;
  readonly checkpoint: Gauge<'consumer' | 'slot'>;
}

export function createWorkerMetrics(registry: Registry): WorkerMetrics {
  const common = { labelNames: ['consumer'] as const, registers: [registry] };
  return {
    handled: new Counter({ ...common, name: 'aorta_handled_total', help: 'Events handled' }),
    skipped: new Counter({
      ...common,
      name: 'aorta_skipped_total',
      help: 'Deliveries of events handled before',
    }),
    failures: new Counter({ ...common, name: 'aorta_failures_total', help: 'Attempts that failed' }),
    deadLetters: new Counter({ ...common, name: 'aorta_dead_letters_total', help: 'Events given up' }),
    duration: new Histogram({
      ...common,
      name: 'aorta_handling_seconds',
      help: 'Time of a handler with its transaction',
      buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    }),
    checkpoint: new Gauge({
      name: 'aorta_checkpoint',
      help: 'Position up to which a processor slot is done',
      labelNames: ['consumer', 'slot'] as const,
      registers: [registry],
    }),
  };
}
