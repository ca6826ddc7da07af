/**
 * WebSocket frames of `next` messages, as RFC 6455 section 5.2 has them. The result's bytes are shared by all clients;
 * only the operation's id differs, and is spliced in here.
 */
import type { Message } from './message.ts';

/** What a `next` message of this operation begins with, up to its payload. */
export function nextPrefix(operationId: string): Buffer {
  return Buffer.from(`{"id":${JSON.stringify(operationId)},"type":"next","payload":`);
}

/** One text frame per message, behind each other, as one piece of bytes. */
export function nextFrames(prefix: Buffer, messages: readonly Message[]): Buffer {
  let size = 0;
  for (const { tail } of messages) size += frameSize(prefix.length + tail.length);
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { tail } of messages) {
    at = writeHeader(bytes, at, prefix.length + tail.length);
    bytes.set(prefix, at);
    bytes.set(tail, at + prefix.length);
    at += prefix.length + tail.length;
  }
  return bytes;
}

const finalText = 0x81;

function frameSize(length: number): number {
  if (length < 126) return 2 + length;
  return (length < 65_536 ? 4 : 10) + length;
}

/** Gives where the payload begins. A server's frames are not masked. */
function writeHeader(bytes: Buffer, at: number, length: number): number {
  bytes[at] = finalText;
  if (length < 126) {
    bytes[at + 1] = length;
    return at + 2;
  }
  if (length < 65_536) {
    bytes[at + 1] = 126;
    bytes.writeUInt16BE(length, at + 2);
    return at + 4;
  }
  bytes[at + 1] = 127;
  bytes.writeBigUInt64BE(BigInt(length), at + 2);
  return at + 10;
}
