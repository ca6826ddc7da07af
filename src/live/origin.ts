import type { IncomingMessage } from 'node:http';

/**
 * Whether a request may come from the page that sent it: from our own host, from an allowed origin, or from no page at
 * all. A browser sends the user's rights along with a socket that any page opens, so that this is checked at upgrade.
 */
export function isAllowedOrigin({ headers }: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  return allowed.includes(origin) || (URL.canParse(origin) && new URL(origin).host === host);
}
