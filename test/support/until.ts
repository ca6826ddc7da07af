import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';

export interface UntilOptions {
  /** How long it may look the same each time, ms. Default 60_000 */
  readonly timeoutMs?: number;
  /** The claim that is being waited for, or what gives it: the first line of the failure */
  readonly message?: string | (() => string);
  /** Whether a condition that throws is asked again (default), or ends the wait with its error */
  readonly retryThrows?: boolean;
}

type Truthy<Value> = Exclude<Value, false | null | undefined | 0 | ''>;

const patientMs = 60_000; // ends what hangs; a machine that is slow makes progress meanwhile

/**
 * Waits for the first truthy value of the condition, asked every 10 ms, and gives it. Is patient as long as there is
 * progress: as what the condition gives or throws, or the message, changes. When nothing has changed for the timeout,
 * throws with the message and what the condition gave or threw last.
 */
export async function until<Value>(
  condition: () => Value | Promise<Value>,
  { timeoutMs = patientMs, message = 'the condition holds', retryThrows = true }: UntilOptions = {},
): Promise<Truthy<Value>> {
  let since = Date.now();
  let before: string | undefined;
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
    const claim = typeof message === 'string' ? message : message();
    const shown = `${claim}\n${seen}`;
    if (shown !== before) since = Date.now();
    else if (Date.now() - since >= timeoutMs) {
      throw new Error(`Nothing has changed for ${timeoutMs} ms: it is not so that ${shown}`, { cause });
    }
    before = shown;
    await delay(10);
  }
}
