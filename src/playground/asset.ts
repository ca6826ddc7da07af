/** Bytes that are made once and sent to everybody as they are, so that a request holds no memory of its own. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

export const encodings = ['br', 'gzip', 'identity'] as const;
export type Encoding = (typeof encodings)[number];

export interface Asset {
  readonly type: string;
  /** Tells this content from any other */
  readonly hash: string;
  readonly bytes: Readonly<Record<Encoding, Uint8Array>>;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
};

/** Throws for a name whose ending says no type that is served. */
export function encode(name: string, text: string): Asset {
  const type = types[path.extname(name)];
  if (!type) throw new Error(`${name} has no type that the playground serves`);
  const identity = new TextEncoder().encode(text);
  return {
    type,
    hash: createHash('sha256').update(identity).digest('base64url').slice(0, 16),
    bytes: {
      // 9 of 11: the last two levels take ten times as long for a twentieth of the size
      br: new Uint8Array(brotliCompressSync(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })),
      gzip: new Uint8Array(gzipSync(identity, { level: 9 })),
      identity,
    },
  };
}
