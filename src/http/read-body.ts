/** The body of a request: of a bounded size, however long it says it is, in chunks or compressed. */
import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { MIMEType } from 'node:util';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Refusal } from './refusal.ts';

export const maxBodyBytes = 1_048_576;

/** What an operation may come as. A foreign page's form can send none of them without a preflight. */
const mediaTypes = ['application/json', 'application/graphql+json', 'application/graphql'] as const;

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

export interface Body {
  readonly text: string;
  readonly mediaType: (typeof mediaTypes)[number];
}

/** Returns the body as text, or how the request is refused. Throws when its client has left. */
export async function readBody(request: IncomingMessage): Promise<Body | { readonly refusal: Refusal }> {
  const { headers } = request;
  const mediaType = mediaTypeOf(headers['content-type']);
  if (!mediaType) {
    return refused(415, 'Send the operation as application/json, in UTF-8.', {
      'accept-post': mediaTypes.join(', '),
    });
  }
  const encoding = headers['content-encoding']?.trim().toLowerCase() || 'identity';
  const decoder = Object.hasOwn(decoders, encoding) ? decoders[encoding] : undefined;
  if (!decoder && encoding !== 'identity') {
    return refused(415, 'The encoding of the body is not known: send it plain, or as gzip, deflate or br.', {
      'accept-encoding': 'gzip, deflate, br',
    });
  }
  if (Number(headers['content-length']) > maxBodyBytes) return tooLarge;
  // the decoder's callback has nothing to do: the loop below meets the same error
  const stream = decoder ? pipeline(request, decoder(), () => {}) : request;
  try {
    const bytes = await readUpTo(maxBodyBytes, stream);
    return bytes ? { text: new TextDecoder().decode(bytes), mediaType } : tooLarge;
  } catch (error) {
    // of zlib and of brotli, whether the rest was still to come or not; all else is of a client that has left
    if (!/^(Z_|ERR__ERROR)/.test(String((error as { code?: unknown }).code))) throw error;
    return refused(400, `The body is not ${encoding}, or it is cut short.`);
  }
}

/** Undefined when there is more; the stream is not read on then. */
async function readUpTo(limit: number, stream: Readable): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  // the request is kept: its connection has to carry the answer
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    length += (chunk as Buffer).length;
    if (length > limit) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks, length);
}

function mediaTypeOf(header = ''): Body['mediaType'] | undefined {
  try {
    const { essence, params } = new MIMEType(header);
    const charset = params.get('charset')?.toLowerCase() ?? 'utf-8';
    if (charset !== 'utf-8' && charset !== 'utf8') return undefined;
    return mediaTypes.find((known) => known === essence);
  } catch {
    return undefined;
  }
}

const refused = (status: number, message: string, headers?: Refusal['headers']) => ({
  refusal: { status, message, ...(headers ? { headers } : {}) },
});

const tooLarge = refused(413, `The body is longer than ${maxBodyBytes} bytes.`);
