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
