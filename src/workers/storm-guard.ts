/** Tells events that cause each other without end from an ordinary chain of causes. */
import type { LogEvent } from '../events/envelope.ts';
import { type Reaction, stormGuardOf } from './reaction.ts';

export interface Guard {
  /**
   * Why the consumer must not handle the event, with the chain that led to it; undefined when it may. One that comes again
   * is counted once.
   */
  reason(event: LogEvent): string | undefined;
}

const windowMs = 60_000;

/** Counts for one process: a burst that is spread over several is noticed later. */
export function createStormGuard(reaction: Reaction): Guard {
  const { maxDepth, reentrant, burst } = stormGuardOf(reaction);
  let seen = new Map<string, Set<string>>();
  let countedSince = 0;

  /** How many events of the correlation id came, up to one more than are allowed. */
  const count = ({ id, correlationId }: LogEvent) => {
    const now = performance.now();
    if (now - countedSince > windowMs) {
      seen = new Map();
      countedSince = now;
    }
    const ids = seen.get(correlationId) ?? new Set();
    if (ids.size <= burst) seen.set(correlationId, ids.add(id));
    return ids.size;
  };
  return {
    reason(event) {
      const { depth, via = [] } = event;
      if (depth === 0) return undefined; // a request's own
      const chain = `The chain: ${['request', ...via, reaction.name].join(' → ')}`;
      if (depth > maxDepth) {
        return `STORM: ${depth} causes lie between the event and the request, ${maxDepth} at most are allowed. ${chain}`;
      }
      if (!reentrant && via.includes(reaction.name)) {
        return `STORM: "${reaction.name}" is set off by what it caused itself. ${chain}`;
      }
      if (count(event) > burst) {
        return `STORM: more than ${burst} events within a minute go back to one request. ${chain}`;
      }
      return undefined;
    },
  };
}
