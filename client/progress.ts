/** How far a subscription is: what each message of the server, or the loss of the socket, makes of it. */
import type { FormattedExecutionResult, SubscribePayload } from 'graphql-ws/client';
import { type AortaError, errorOfApi } from './errors.ts';

/**
 * - `catching up`: what has happened meanwhile is still on its way, or the socket is lost and being replaced
 * - `live`: everything up to now was passed on, and what happens is passed on as it happens
 * - `expired`: the server no longer has what comes after the cursor; the subscription has ended
 * - `refused`: the API said no, or cannot be reached in a way that trying again would change; it has ended with `error`
 */
export type Status = 'catching up' | 'live' | 'expired' | 'refused';

/** What is known of the next try, while `catching up` */
export interface Retry {
  /** Number of this try in a row; 1 is the first after a success */
  readonly attempt: number;
  /** Why the last one ended, in words */
  readonly reason: string;
  /** When it begins, ms since 1970 as in Date.now() */
  readonly nextTryAt: number;
}

export interface Progress extends Partial<Retry> {
  readonly status: Status;
  /**
   * Everything up to here was passed on: a subscription from here, over any client, misses nothing and repeats nothing.
   * undefined until the server tells one, and always for a signal.
   */
  readonly cursor: string | undefined;
  /** When expired: the oldest cursor that is still served. undefined when the whole log was replaced. */
  readonly oldest: string | undefined;
  /** When expired or refused: why */
  readonly error?: AortaError;
}

type Result = FormattedExecutionResult<unknown, unknown>;

export function beginning({ extensions }: SubscribePayload): Progress {
  return { status: 'catching up', cursor: text(extensions?.after), oldest: undefined };
}

export function afterResult({ status, cursor, oldest }: Progress, result: Result): Progress {
  const next = cursorOf(result);
  if (next !== undefined) return { status, cursor: next, oldest };
  const { data, errors = [] } = result;
  const isExpiry = errors.some(({ extensions }) =>
    /^CURSOR_(EXPIRED|INVALID)$/.test(String(extensions?.code)),
  );
  if (isExpiry) {
    const error = errorOfApi(errors);
    return { status: 'expired', cursor, oldest: error.oldest, error };
  }
  // a signal, which tells what is true now before anything else
  return { status: data === undefined ? status : 'live', cursor, oldest };
}

/** A ping is never behind a result that came before it. */
export function afterPing({ oldest }: Progress, cursor: string, catchingUp: boolean): Progress {
  return { status: catchingUp ? 'catching up' : 'live', cursor, oldest };
}

export function afterLoss({ cursor, oldest }: Progress, retry?: Retry): Progress {
  return { status: 'catching up', cursor, oldest, ...retry };
}

export function afterRefusal({ cursor, oldest }: Progress, error: AortaError): Progress {
  return { status: 'refused', cursor, oldest, error };
}

/** The place in the log of an event. undefined for a signal, and for what was refused. */
export function cursorOf({ extensions }: Result): string | undefined {
  return text((extensions as { cursor?: unknown } | undefined)?.cursor);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
