/** Whether the services have handled what was published, asked of the public API and counted in the database. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';

const pollMs = 50;
const timeoutMs = 300_000;
const query = '{ pipeline { consumers { consumer lag } } }';

interface ConsumerLag {
  readonly consumer: string;
  readonly lag: number;
}

/** Waits until no service but `except` has an event left to handle, and gives how long that took, s. Throws after 5 minutes. */
export async function untilDrained(url: string, except?: string): Promise<number> {
  const start = performance.now();
  for (;;) {
    const behind = (await readLags(url)).filter(({ consumer, lag }) => consumer !== except && lag > 0);
    const passedMs = performance.now() - start;
    if (behind.length === 0) return passedMs / 1_000;
    if (passedMs > timeoutMs) throw new Error(`events are left unhandled: ${JSON.stringify(behind)}`);
    await delay(pollMs);
  }
}

/** How many events the service has not handled yet. */
export async function lagOf(url: string, service: string): Promise<number> {
  return (await readLags(url)).find(({ consumer }) => consumer === service)?.lag ?? 0;
}

async function readLags(url: string): Promise<readonly ConsumerLag[]> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query }),
  });
  const answer = (await response.json()) as { data: { pipeline: { consumers: readonly ConsumerLag[] } } };
  return answer.data.pipeline.consumers;
}

/**
 * How often the services handled an event, over how often they had to: 1 when every service handled each of its events
 * exactly once. Of the services the one that is furthest from that.
 */
export async function handledOverRecorded(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ recorded: number; handled: number }>(
    `SELECT (SELECT count(*) FROM outbox WHERE type = ANY(types)) AS recorded,
            CASE kind
              WHEN 'QUEUE' THEN (SELECT count(*) FROM inbox WHERE consumer = name AND inbox.handled)
              ELSE (SELECT sum(handled)::bigint FROM processor_checkpoint WHERE processor = name)
            END AS handled
       FROM consumer`,
  );
  const shares = rows.map(({ recorded, handled }) => (recorded === 0 ? 1 : handled / recorded));
  return shares.reduce((worst, share) => (Math.abs(share - 1) > Math.abs(worst - 1) ? share : worst), 1);
}
