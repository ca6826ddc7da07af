import { Counter, Gauge, type Registry } from 'prom-client';
import { loopFailures, loopStates } from './loop-states.ts';

/** Shows how the loops of this process fare. Call it once for a registry. */
export function showLoops(registry: Registry): void {
  const registers = [registry];
  new Counter({
    name: 'aorta_loop_failures_total',
    help: 'Turns of a loop that failed, by reason: a word of Redis (OOM), an SQLSTATE (53100), TIMEOUT, AWAY',
    labelNames: ['loop', 'reason'],
    registers,
    collect() {
      this.reset();
      for (const { loop, reason, count } of loopFailures()) this.inc({ loop, reason }, count);
    },
  });
  new Gauge({
    name: 'aorta_loop_consecutive_failures',
    help: 'Turns of a loop that failed since one that passed; 0 while it does its work',
    labelNames: ['loop'],
    registers,
    collect() {
      this.reset();
      for (const { name, failures } of loopStates()) this.set({ loop: name }, failures);
    },
  });
  new Gauge({
    name: 'aorta_loop_backoff_seconds',
    help: 'The pause that a loop is in because its turns fail; 0 while it is in none',
    labelNames: ['loop'],
    registers,
    collect() {
      this.reset();
      for (const { name, backoffMs } of loopStates()) this.set({ loop: name }, backoffMs / 1_000);
    },
  });
}
