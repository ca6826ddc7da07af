import type { IncomingMessage } from 'node:http';
import type { Refusal } from './refusal.ts';

/**
 * Whether a request says in a form that everything behind can read which host and path it is for; the refusal when not.
 * Afterwards `url` begins with a slash, and the Host header, where there is one, is a host with or without a port.
 */
export function checkTarget(request: IncomingMessage): Refusal | undefined {
  const { headers, headersDistinct } = request;
  const url = request.url ?? '';
  if (!url.startsWith('/')) {
    // the form that proxies are sent: what it names counts, and the Host header does not
    const absolute = /^https?:\/\//i.test(url) ? URL.parse(url) : null;
    if (!absolute) return malformed('The request names no path: begin it with a slash.');
    request.url = `${absolute.pathname}${absolute.search}`;
    headers.host = absolute.host;
  }
  // resolved against a base, two slashes would begin another host
  if (!URL.canParse(`http://localhost${request.url}`)) return malformed('The path cannot be read.');
  if ((headersDistinct.host?.length ?? 0) > 1) return malformed('The request names several hosts.');
  if (headers.host !== undefined && !isHost(headers.host)) {
    return malformed('The Host header is not a host, with or without a port.');
  }
  return undefined;
}

const isHost = (text: string) =>
  /^(\[[\da-f:.]+\]|[\w.~-]+)(:\d{1,5})?$/i.test(text) && URL.canParse(`http://${text}`);

const malformed = (message: string): Refusal => ({ status: 400, message });
