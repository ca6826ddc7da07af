import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';

export interface UntilOptions {
  /** Default 15_000 */
  readonly timeoutMs?: number;
  /** The claim that is being waited for, or what gives it: the first line of the failure */
  readonly message?: string | (() => string);
  /** Whether a condition that throws is asked again (default), or ends the wait with its error */
  readonly retryThrows?: boolean;
}

type Truthy<Value> = Exclude<Value, false | null | undefined | 0 | ''>;

/**
 * Waits for the first truthy value of the condition, asked every 10 ms, and gives it. After the timeout throws with
 * the message and what the condition gave or threw last.
 */
export async function until<Value>(
  condition: () => Value | Promise<Value>,
  { timeoutMs = 15_000, message = 'the condition holds', retryThrows = true }: UntilOptions = {},
): Promise<Truthy<Value>> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    let seen: string;
    let cause: unknown;
    try {
      const value = await condition();
      if (value) return value as Truthy<Value>;
      seen = `last value: ${inspect(value, { depth: 4 })}`;
    } catch (error) {
      if (!retryThrows) throw error;
      cause = error;
      seen = `last error: ${error instanceof Error ? error.message : inspect(error)}`;
    }
    if (Date.now() >= end) {
      const claim = typeof message === 'string' ? message : message();
      throw new Error(`After ${timeoutMs} ms it is not so that ${claim}\n${seen}`, { cause });
    }
    await delay(10);
  }
}
