/** What one request set off: every event with its correlation id, and what each consumer did with it. */
import type { Pool } from 'pg';
import { rowToEvent } from '../log/reader.ts';
import { searchOutbox } from '../outbox/read-outbox.ts';
import { drawFlow, type EventFlowStep } from './mermaid.ts';
import type { Queues } from './queues.ts';
import { readReactions } from './reactions.ts';

export interface EventFlow {
  readonly correlationId: string;
  /** In position order, at most a thousand */
  readonly steps: readonly EventFlowStep[];
  /** The flow as a diagram in Mermaid's language */
  readonly mermaid: string;
}

export interface EventFlowSources {
  readonly pool: Pool;
  readonly queues: Queues;
  readonly through: () => Promise<number>;
}

/** Events that are committed and not published yet are told too: they are what an operator looks for. */
export async function readEventFlow(
  { pool, queues, through }: EventFlowSources,
  correlationId: string,
): Promise<EventFlow | null> {
  const published = await through();
  const range = { after: 0, upTo: Number.MAX_SAFE_INTEGER, limit: 1_000 };
  const rows = await searchOutbox(pool, { correlationId, ...range });
  if (rows.length === 0) return null;
  const events = rows.map(rowToEvent);
  const reactions = await readReactions(pool, queues, events);
  const steps = events.map((event, index) => ({
    // a cursor beyond what is published could skip an event that commits late below it
    event: { ...event, position: Math.min(event.position, published) },
    reactions: reactions[index]!,
  }));
  return { correlationId, steps, mermaid: drawFlow(steps) };
}
