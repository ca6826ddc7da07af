import { Counter, Gauge, type Registry } from 'prom-client';
import { showLoops } from '../platform/loop-metrics.ts';
import { createRefusalMetrics, type RefusalMetrics } from './refusals.ts';

export interface RelayMetrics extends RefusalMetrics {
  readonly published: Counter;
  readonly through: Gauge;
  readonly fenced: Counter;
  readonly incarnations: Counter;
  readonly enqueued: Counter;
  readonly healed: Counter;
  readonly leading: Gauge;
  readonly horizonHeld: Gauge<'pid' | 'application'>;
  readonly droppedPartitions: Counter;
  readonly retentionHeld: Gauge<'by'>;
  readonly parked: Counter<'reason'>;
  readonly parkedEvents: Gauge;
  readonly deadLettered: Counter<'consumer'>;
  readonly queueFull: Gauge<'consumer'>;
}

export function createRelayMetrics(registry: Registry): RelayMetrics {
  showLoops(registry);
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  return {
    ...createRefusalMetrics(registry),
    published: counter('aorta_relay_published_total', 'Events published to the log'),
    through: gauge('aorta_relay_through', 'Position up to which the log is published'),
    fenced: counter('aorta_relay_fenced_total', 'Batches refused because Redis was not as expected'),
    incarnations: counter('aorta_relay_incarnations_total', 'Times the log in Redis was begun anew'),
    enqueued: counter('aorta_relay_enqueued_total', 'Jobs added to queues'),
    healed: counter('aorta_relay_healed_total', 'Jobs added again because Redis had lost jobs'),
    leading: gauge('aorta_relay_leading', '1 while this relay leads'),
    horizonHeld: new Gauge({
      name: 'aorta_relay_horizon_held_seconds',
      help: 'How long the horizon has stood still, by the backend that holds it; no series while it moves',
      labelNames: ['pid', 'application'],
      registers,
    }),
    droppedPartitions: counter('aorta_relay_dropped_partitions_total', 'Partitions dropped by retention'),
    retentionHeld: new Gauge({
      name: 'aorta_relay_retention_held',
      help: '1 for each sink or consumer that still needs a partition whose retention is over',
      labelNames: ['by'],
      registers,
    }),
    parked: new Counter({
      name: 'aorta_relay_parked_total',
      help: 'Events taken out of the log because they cannot be published',
      labelNames: ['reason'],
      registers,
    }),
    deadLettered: new Counter({
      name: 'aorta_relay_dead_letters_total',
      help: 'Events that became dead letters because Redis does not take a job of their size',
      labelNames: ['consumer'],
      registers,
    }),
    queueFull: new Gauge({
      name: 'aorta_relay_queue_full',
      help: '1 for a consumer that has as many jobs in Redis as it may: what is beyond waits in the outbox',
      labelNames: ['consumer'],
      registers,
    }),
    parkedEvents: gauge('aorta_relay_parked_events', 'Parked events that wait for somebody'),
  };
}
