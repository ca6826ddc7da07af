import { redact } from './secrets.ts';

/**
 * An expected refusal with a stable code and a text that is safe to show. Everything else that is thrown is a fault:
 * masked at the edge as INTERNAL and logged there, once.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: string;
  /** The same call can succeed later without being changed */
  readonly retryable: boolean;
  /** More for the client's `extensions` */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    options: { retryable?: boolean; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }
}

/** `argument` is the one that is to blame, where it is one: a dotted path, such as `first` or `types[3]`. */
export const badUserInput = (message: string, argument?: string) =>
  new DomainError('BAD_USER_INPUT', message, argument === undefined ? {} : { details: { argument } });

/** The message is the argument's name, and what is wrong with it. */
export const wrongArgument = (argument: string, what: string) =>
  badUserInput(`${argument} ${what}`, argument);
const longestShown = 100; // characters of what a caller has sent

export const notFound = (what: string, id: string) => {
  const shown = id.length > longestShown ? `${id.slice(0, longestShown)}…` : id;
  return new DomainError('NOT_FOUND', `There is no ${what} "${shown}".`);
};

/** What a client is told of a fault that was logged where it was contained. */
export const contained = () => new DomainError('INTERNAL', 'Something went wrong on our side.');

/** The text of anything that was thrown, without secrets. */
export function messageOf(error: unknown): string {
  return redact(error instanceof Error ? error.message : String(error));
}
