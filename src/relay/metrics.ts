import { Counter, Gauge, type Registry } from 'prom-client';

export interface RelayMetrics {
  readonly published: Counter;
  readonly through: Gauge;
  readonly fenced: Counter;
  readonly incarnations: Counter;
  readonly enqueued: Counter;
  readonly healed: Counter;
  readonly leading: Gauge;
}

export function createRelayMetrics(registry: Registry): RelayMetrics {
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  return {
    published: counter('aorta_relay_published_total', 'Events published to the log'),
    through: gauge('aorta_relay_through', 'Position up to which the log is published'),
    fenced: counter('aorta_relay_fenced_total', 'Batches refused because Redis was not as expected'),
    incarnations: counter('aorta_relay_incarnations_total', 'Times the log in Redis was begun anew'),
    enqueued: counter('aorta_relay_enqueued_total', 'Jobs added to queues'),
    healed: counter('aorta_relay_healed_total', 'Jobs added again because Redis had lost jobs'),
    leading: gauge('aorta_relay_leading', '1 while this relay leads'),
  };
}
