/** Tells events that cause each other without end from an ordinary chain of causes. */
import type { LogEvent } from '../events/envelope.ts';
import { type Reaction, stormGuardOf } from './reaction.ts';

export interface Guard {
  /**
   * Why the consumer must not handle the event, with the chain that led to it; undefined when it may. An event that comes
   * for the first time is counted.
   */
  reason(event: LogEvent, isFirst: boolean): string | undefined;
}

const windowMs = 60_000;

/** Counts for one process: a burst that is spread over several is noticed later. */
export function createStormGuard(reaction: Reaction): Guard {
  const { maxDepth, reentrant, burst } = stormGuardOf(reaction);
  let counts = new Map<string, number>();
  let countedSince = 0;

  const count = (correlationId: string) => {
    const now = performance.now();
    if (now - countedSince > windowMs) {
      counts = new Map();
      countedSince = now;
    }
    const events = (counts.get(correlationId) ?? 0) + 1;
    counts.set(correlationId, events);
    return events;
  };
  return {
    reason(event, isFirst) {
      const { depth, via = [], correlationId } = event;
      if (depth === 0) return undefined; // a request's own
      const chain = `The chain: ${['request', ...via, reaction.name].join(' → ')}`;
      if (depth > maxDepth) {
        return `STORM: ${depth} causes lie between the event and the request, ${maxDepth} at most are allowed. ${chain}`;
      }
      if (!reentrant && via.includes(reaction.name)) {
        return `STORM: "${reaction.name}" is set off by what it caused itself. ${chain}`;
      }
      if (isFirst && count(correlationId) > burst) {
        return `STORM: more than ${burst} events within a minute go back to one request. ${chain}`;
      }
      return undefined;
    },
  };
}
