/** What Redis refuses because it is too large. Being full is another matter: that passes, and nothing is parked for it. */
import type { Redis } from 'ioredis';

const leastLimit = 1_048_576; // Redis takes no lower proto-max-bulk-len
const usualLimit = 536_870_912;

/** Whether a value of so many characters may be too large for Redis; none takes more than 3 bytes. */
export const isLarge = (characters: number) => characters * 3 > leastLimit;

/**
 * Whether Redis would take a value of this size. It is asked for its limit where that can matter, because after an
 * attempt its answer often gets lost: it closes the connection in the middle of what is being sent.
 */
export async function isTaken(redis: Redis, value: string): Promise<boolean> {
  return !isLarge(value.length) || Buffer.byteLength(value) <= (await readLimit(redis));
}

/** The usual one where Redis must not be asked for its settings: then its refusal tells. */
async function readLimit(redis: Redis): Promise<number> {
  const answer = await redis.config('GET', 'proto-max-bulk-len').catch((error) => {
    if (error.name !== 'ReplyError') throw error;
    return [];
  });
  return Number((answer as string[])[1] ?? usualLimit);
}

const refusals = [
  'Protocol error: invalid bulk length', // proto-max-bulk-len
  'string exceeds maximum allowed size',
  'Elements are too large to be stored', // in a stream
];

/** Whether a command failed because Redis takes nothing of its size, and never will. */
export function isSizeRefusal(error: unknown): boolean {
  return error instanceof Error && refusals.some((refusal) => error.message.includes(refusal));
}
