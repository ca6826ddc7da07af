import type { Pool } from 'pg';
import { Gauge, type Registry } from 'prom-client';
import { within } from '../platform/within.ts';

/** Shows the sagas that are not over, asked at each scrape; nothing while Postgres does not answer. Call it once for a registry. */
export function showSagas(registry: Registry, pool: Pool): void {
  const show = (name: string, help: string, pick: (open: Open) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['saga', 'status'],
      registers: [registry],
      async collect() {
        const all = await within(readOpen(pool), patienceMs, []).catch(() => []);
        this.reset();
        for (const open of all) this.set({ saga: open.saga, status: open.status }, pick(open));
      },
    });
  show('aorta_sagas', 'Sagas that are not over', ({ count }) => count);
  show('aorta_sagas_oldest_seconds', 'Time since the oldest of them was started', ({ seconds }) => seconds);
}

const patienceMs = 1_000; // it must not keep the others from being scraped

interface Open {
  readonly saga: string;
  readonly status: string;
  readonly count: number;
  readonly seconds: number;
}

/** Uses saga_open_idx. */
async function readOpen(pool: Pool): Promise<readonly Open[]> {
  const { rows } = await pool.query<Open>(
    `SELECT saga, status, count(*) AS count,
            greatest(0, extract(epoch FROM now() - min(started_at)))::float8 AS seconds
       FROM saga WHERE status <> 'COMPLETED' AND status <> 'COMPENSATED' GROUP BY saga, status`,
  );
  return rows;
}
