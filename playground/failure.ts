/** What went wrong, for people. A browser's events say nothing when they are written as JSON. */
export function inPlainWords(failure: unknown): string {
  if (Array.isArray(failure)) return failure.map(inPlainWords).join(' ');
  const { code, reason, message, extensions } = (failure ?? {}) as Partial<Failure>;
  if (typeof reason === 'string' && code !== undefined) {
    return reason ? `${reason} (${code})` : `The connection was closed (${code}).`;
  }
  const known = extensions?.code ?? code;
  if (typeof message === 'string' && message) return known === undefined ? message : `${message} (${known})`;
  if (failure instanceof Event) return 'The connection was lost.';
  return String(failure);
}

/** What errors of GraphQL, close events and JavaScript's errors have of each other. */
interface Failure {
  readonly code: number | string;
  readonly reason: string;
  readonly message: string;
  readonly extensions: { readonly code?: string };
}
