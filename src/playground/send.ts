import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { preferredEncoding } from './accept.ts';
import type { Asset } from './asset.ts';

/** Answers GET and HEAD with the asset, or with 304 and nothing when the client has it. Copies no bytes. */
export function sendAsset(
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  { type, hash, bytes }: Asset,
  more: OutgoingHttpHeaders,
): void {
  response.appendHeader('vary', 'Accept, Accept-Encoding'); // beside what was decided about the origin
  const encoding = preferredEncoding(headers['accept-encoding']);
  const etag = `"${hash}.${encoding}"`;
  const always = { etag, ...more, 'x-content-type-options': 'nosniff' };
  if (knows(headers['if-none-match'], etag)) return void response.writeHead(304, always).end();
  const body = bytes[encoding];
  response.writeHead(200, {
    ...always,
    'content-type': type,
    'content-length': body.byteLength,
    ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
    'cross-origin-resource-policy': 'same-origin',
  });
  if (method === 'HEAD') response.end();
  else response.end(body);
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    .end(`${text}\n`);
}

/** A proxy that compresses by itself makes the tag a weak one (W/). */
function knows(given: string | undefined, etag: string): boolean {
  const tags = given?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return tags.includes(etag) || tags.includes('*');
}
