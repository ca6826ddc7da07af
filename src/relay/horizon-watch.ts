/** Tells who holds the horizon, when it stands still for longer than a transaction of ours should take. */
import type { Pool } from 'pg';
import { createHorizon } from '../outbox/horizon.ts';
import { readHorizonHolders } from '../outbox/horizon-holders.ts';
import type { Logger } from '../platform/logger.ts';
import { type Loop, startLoop } from '../platform/loop.ts';
import type { RelayMetrics } from './metrics.ts';

export interface HorizonWatchOptions {
  readonly pool: Pool;
  readonly logger: Logger;
  readonly metrics: RelayMetrics;
  /** Time that the horizon may stand still before it is told, ms. Default 1000 */
  readonly patienceMs?: number;
  /** Pause between looks, ms. Default 500 */
  readonly lookMs?: number;
}

/**
 * Looks beside the sinks, so that it tells of a holder also while they wait for Redis. One warning for each transaction
 * that holds the horizon, and while it does the metric names its backend and how long the horizon has stood.
 */
export function startHorizonWatch(options: HorizonWatchOptions): Loop {
  const { pool, logger, metrics, patienceMs = 1_000, lookMs = 500 } = options;
  const warned = new Set<string>();
  let horizon = createHorizon(pool);
  let stillSince: number | undefined;
  let seen = -1;

  const free = () => {
    if (warned.size > 0) logger.info({ position: seen }, 'relay.horizon_moves');
    warned.clear();
    metrics.horizonHeld.reset();
    stillSince = undefined;
  };

  const turn = async () => {
    const position = await horizon.advance();
    if (position > seen || horizon.waitingFor.length === 0) free();
    seen = position;
    if (horizon.waitingFor.length === 0) return lookMs;
    stillSince ??= performance.now();
    const stillMs = performance.now() - stillSince;
    if (stillMs < patienceMs) return lookMs;
    const holders = await readHorizonHolders(pool, horizon.waitingFor);
    metrics.horizonHeld.reset();
    for (const { transaction, ...holder } of holders) {
      const { pid, application } = holder;
      metrics.horizonHeld.set({ pid: String(pid), application: application ?? '' }, stillMs / 1_000);
      if (warned.has(transaction)) continue;
      warned.add(transaction);
      logger.warn({ ...holder, position, stillMs: Math.round(stillMs) }, 'relay.horizon_held');
    }
    return lookMs;
  };

  const loop = startLoop({
    name: 'relay.horizon',
    logger,
    turn: () =>
      turn().catch((error) => {
        // Postgres may come back older than it was: nothing that was learnt of it holds then
        horizon = createHorizon(pool);
        warned.clear();
        seen = -1;
        throw error;
      }),
  });
  return {
    wake: loop.wake,
    async stop() {
      await loop.stop();
      metrics.horizonHeld.reset();
    },
  };
}
