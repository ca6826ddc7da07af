/** How far a subscription is: what each message of the server, or the loss of the socket, makes of it. */
import type { FormattedExecutionResult, SubscribePayload } from 'graphql-ws/client';

/**
 * - `catching up`: what has happened meanwhile is still on its way, or the socket is lost and being replaced
 * - `live`: everything up to now was passed on, and what happens is passed on as it happens
 * - `expired`: the server no longer has what comes after the cursor; the subscription has ended
 */
export type Status = 'catching up' | 'live' | 'expired';

export interface Progress {
  readonly status: Status;
  /**
   * Everything up to here was passed on: a subscription from here, over any client, misses nothing and repeats nothing.
   * undefined until the server tells one, and always for a signal.
   */
  readonly cursor: string | undefined;
  /** When expired: the oldest cursor that is still served. undefined when the whole log was replaced. */
  readonly oldest: string | undefined;
}

type Result = FormattedExecutionResult<unknown, unknown>;

export function beginning({ extensions }: SubscribePayload): Progress {
  return { status: 'catching up', cursor: text(extensions?.after), oldest: undefined };
}

export function afterResult(progress: Progress, { data, errors, extensions }: Result): Progress {
  const cursor = text((extensions as { cursor?: unknown } | undefined)?.cursor);
  if (cursor !== undefined) return { ...progress, cursor };
  const refusal = errors?.find(({ extensions }) =>
    /^CURSOR_(EXPIRED|INVALID)$/.test(String(extensions?.code)),
  );
  if (refusal) return { ...progress, status: 'expired', oldest: text(refusal.extensions?.oldest) };
  // a signal, which tells what is true now before anything else
  return data === undefined ? progress : { ...progress, status: 'live' };
}

/** A ping is never behind a result that came before it. */
export function afterPing(progress: Progress, cursor: string, catchingUp: boolean): Progress {
  return { ...progress, cursor, status: catchingUp ? 'catching up' : 'live' };
}

export function afterLoss(progress: Progress): Progress {
  return { ...progress, status: 'catching up' };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
