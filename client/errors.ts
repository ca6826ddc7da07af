import type { FormattedExecutionResult } from 'graphql-ws/client';

/** GraphQL errors as the API sends them */
export type ApiErrors = NonNullable<FormattedExecutionResult['errors']>;

export interface ErrorDetails {
  /** The API's (`extensions.code`), or one of the client's own: see docs/clients.md */
  readonly code: string;
  /** Whether asking again, later and unchanged, is safe and may succeed */
  readonly retryable: boolean;
  /** Of CURSOR_EXPIRED: the oldest cursor that is still served */
  readonly oldest?: string | undefined;
  /** How long to wait before asking again, ms */
  readonly retryAfterMs?: number | undefined;
  /** Of a socket that was closed: the WebSocket's close code */
  readonly closeCode?: number | undefined;
  /** All that the API said */
  readonly errors?: ApiErrors | undefined;
  readonly cause?: unknown;
}

/** Every failure that the client tells of: what the API refused, and what became of the way to it. */
export class AortaError extends Error implements ErrorDetails {
  override readonly name: string = 'AortaError';
  readonly code: string;
  readonly retryable: boolean;
  readonly oldest: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly closeCode: number | undefined;
  readonly errors: ApiErrors;

  constructor(message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.retryable = details.retryable;
    this.oldest = details.oldest;
    this.retryAfterMs = details.retryAfterMs;
    this.closeCode = details.closeCode;
    this.errors = details.errors ?? [];
  }
}

/** The socket was lost between a query or mutation and its answer. `cause` is the close event. */
export class AnswerLostError extends AortaError {
  override readonly name = 'AnswerLostError';

  constructor(event: unknown, retryable: boolean) {
    super('The socket was lost before the answer came: whether the operation ran is not known.', {
      code: 'ANSWER_LOST',
      retryable,
      closeCode: isCloseEvent(event) ? event.code : undefined,
      cause: event,
    });
  }
}

/** Several errors are retryable when each of them is. */
export function errorOfApi(errors: ApiErrors): AortaError {
  const [first] = errors;
  const all = errors.map(({ extensions }) => extensions ?? {});
  const waits = all.map(({ retryAfterMs }) => retryAfterMs).filter((ms) => typeof ms === 'number');
  const oldest = all.find((extensions) => typeof extensions.oldest === 'string')?.oldest;
  const refusal = all.find((extensions) => !isRetryable(extensions));
  return new AortaError(errors.map(({ message }) => message).join('\n'), {
    code: String((refusal ?? first?.extensions)?.code ?? 'UNKNOWN'),
    retryable: errors.length > 0 && refusal === undefined,
    oldest: oldest as string | undefined,
    retryAfterMs: waits.length > 0 ? Math.max(...waits) : undefined,
    errors,
  });
}

const isRetryable = ({ retryable, code }: Readonly<Record<string, unknown>>) =>
  retryable === true || (retryable === undefined && (code === 'UNAVAILABLE' || code === 'RATE_LIMITED'));

export interface CloseEventLike {
  readonly code: number;
  readonly reason: string;
}

export const isCloseEvent = (given: unknown): given is CloseEventLike =>
  typeof (given as CloseEventLike | null)?.code === 'number' && 'reason' in (given as object);

/** 4401 and 4403: the API does not know who this is, or no longer. */
export const isSignInRefusal = ({ code }: CloseEventLike) => code === 4401 || code === 4403;

// what the protocol and graphql-ws call fatal is not among them
const passingCloses = new Set([1000, 1001, 1005, 1006, 1012, 1013, 1014, 4403, 4408, 4499, 4504]);

/** What graphql-ws tells a sink of an end, as an error. */
export function toError(given: unknown): AortaError {
  if (given instanceof AortaError) return given;
  if (Array.isArray(given)) return errorOfApi(given);
  if (isCloseEvent(given)) {
    return new AortaError(reasonOf(given), {
      code: isSignInRefusal(given) ? 'UNAUTHENTICATED' : 'CONNECTION_CLOSED',
      retryable: passingCloses.has(given.code),
      closeCode: given.code,
      cause: given,
    });
  }
  const message = given instanceof Error ? given.message : String(given);
  return new AortaError(message, { code: 'BAD_RESPONSE', retryable: false, cause: given });
}

/** Why a socket ended, in words. */
export const reasonOf = ({ code, reason }: CloseEventLike) =>
  reason ? `${reason} (${code})` : `The socket was closed (${code})`;
