import { DomainError } from '../platform/errors.ts';

/** A place in the log of one epoch, as clients hold it: opaque to them. */
export function encodeCursor(epoch: string, position: number): string {
  return Buffer.from(`${epoch}:${position}`).toString('base64url');
}

/** The position of a cursor. Throws CURSOR_INVALID when it is no cursor, or from another epoch. */
export function decodeCursor(epoch: string, cursor: string): number {
  const match = /^([0-9a-f]{12}):(0|[1-9]\d{0,15})$/.exec(Buffer.from(cursor, 'base64url').toString());
  // base64url ignores what it does not know, so that only the exact text that was given out is accepted
  if (!match || encodeCursor(match[1]!, Number(match[2])) !== cursor) {
    throw invalidCursor('This is not a cursor of this API. Give one exactly as you received it, or none.');
  }
  if (match[1] !== epoch) {
    throw invalidCursor(
      'The log was replaced since this cursor was given out. Read the state anew, then subscribe.',
    );
  }
  return Number(match[2]);
}

export function invalidCursor(message: string): DomainError {
  return new DomainError('CURSOR_INVALID', message);
}

/** What ends the subscriptions that were open when the log was replaced by another. */
export function logReplaced(): DomainError {
  return invalidCursor('The log was replaced. Read the state anew, then subscribe.');
}
