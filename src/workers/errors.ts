/** How a handler says what is to become of its event. Any other error is retried as the reaction's policy says. */

/** Trying again would not help: the event is poison at once. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
}

/** Nothing is wrong with the event: it is tried again after `waitMs`, however often, and no attempt is used up. */
export class WaitError extends Error {
  override readonly name: string = 'WaitError';
  readonly waitMs: number;

  constructor(message: string, waitMs: number, options?: ErrorOptions) {
    super(message, options);
    this.waitMs = waitMs;
  }
}

const storesAwayMs = 1_000;

/** The handler never ran: the stores were away, or busy. It says nothing about the events. */
export class NotBegunError extends WaitError {
  override readonly name = 'NotBegunError';

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), storesAwayMs, { cause });
  }
}
