/** How a request is refused before anything is executed: the same words over HTTP and at the upgrade to a WebSocket. */
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from '../platform/logger.ts';

export interface Refusal {
  readonly status: number;
  /** What is wrong and what to do; clients read it, so that it holds nothing of ours */
  readonly message: string;
  /** Default: BAD_USER_INPUT */
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const lingerMs = 1_000;

/**
 * Answers and closes the connection. What is left of the request is thrown away for a moment first: a connection that is
 * closed with bytes unread is reset, and its client may lose the answer.
 */
export function refuse(response: ServerResponse, refusal: Refusal): void {
  // the answer was begun, or its client is gone: nobody to tell
  if (response.headersSent || response.destroyed) return void response.destroy();
  const { req: request } = response;
  const body = bodyOf(refusal);
  response.writeHead(refusal.status, { ...headersOf(refusal), 'content-length': Buffer.byteLength(body) });
  if (request.complete || request.destroyed) return void response.end(body);
  response.write(body);
  const end = () => response.end();
  const timer = setTimeout(end, lingerMs);
  response.once('close', () => clearTimeout(timer));
  request.once('end', end).unpipe();
  request.resume();
}

/** Answers what failed for reasons of ours, which are logged and told to nobody else. */
export function answerFault(response: ServerResponse, error: unknown, logger: Logger): void {
  if (response.destroyed) return; // its client has left: that was the failure
  logger.error({ error: error instanceof Error ? error.stack : String(error) }, 'api.fault');
  refuse(response, { status: 500, message: 'Something went wrong on our side.', code: 'INTERNAL' });
}

/** Refuses an upgrade, which has no response, in the same words. */
export function refuseUpgrade(stream: Duplex, refusal: Refusal): void {
  const body = bodyOf(refusal);
  const headers = { ...headersOf(refusal), 'content-length': String(Buffer.byteLength(body)) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  stream.once('finish', () => stream.destroy());
  stream.end([`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`, ...lines, '', body].join('\r\n'));
}

const headersOf = ({ headers }: Refusal) => ({
  'content-type': 'application/json; charset=utf-8',
  connection: 'close',
  ...headers,
});

const bodyOf = ({ message, code = 'BAD_USER_INPUT' }: Refusal) =>
  `${JSON.stringify({ errors: [{ message, extensions: { code } }] })}\n`;
