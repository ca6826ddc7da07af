/** The rebuild cannot be done, for a reason that the message tells; nothing has changed. */
export class RebuildRefusedError extends Error {
  override readonly name = 'RebuildRefusedError';
}
