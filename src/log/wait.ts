import type { Redis } from 'ioredis';
import type { LogKeys } from './keys.ts';

/**
 * Waits until the log is published beyond `after`, at most `blockMs`, and gives how far it is, or undefined when the
 * time was up. Wants a connection of its own. It blocks on one key on purpose: a blocked read over several streams
 * wakes with the first one's entries, out of order.
 */
export async function waitForThrough(
  blocking: Redis,
  keys: LogKeys,
  after: number,
  blockMs: number,
): Promise<number | undefined> {
  const reply = await blocking.xread('BLOCK', blockMs, 'STREAMS', keys.through, `${after}-0`);
  const id = reply?.[0]?.[1].at(-1)?.[0];
  return id === undefined ? undefined : Number(id.slice(0, id.indexOf('-')));
}
