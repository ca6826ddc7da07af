/**
 * WebSocket frames of `next` messages, as RFC 6455 section 5.2 has them. They are the same for all clients of a group
 * but for the operation's id, so that the bytes are put together once, and each client's id is written into them.
 */
import type { Writable } from 'node:stream';
import type { Message } from './message.ts';

/** An operation's id as it stands between the quotes of a JSON text. */
export function idBytes(operationId: string): Buffer {
  return Buffer.from(JSON.stringify(operationId).slice(1, -1));
}

/** Sends the messages to one operation: a text frame each, behind each other, in one write. */
export function writeNext(stream: Writable, id: Buffer, messages: readonly Message[]): void {
  if (messages !== newest.messages) newest = { messages, byIdLength: new Map() };
  const { byIdLength } = newest;
  const frames = byIdLength.getOrInsertComputed(id.length, () => layOut(messages, id.length));
  for (const place of frames.idPlaces) frames.bytes.set(id, place);
  stream.write(frames.bytes);
  // what the system has not taken at once still belongs to the stream
  if (stream.writableLength > 0) byIdLength.delete(id.length);
}

/** The bytes of several frames, with room for an id in each. */
interface Frames {
  readonly bytes: Buffer;
  readonly idPlaces: readonly number[];
}

/** The members of a group are sent the same list one after the other; ids are mostly of one length. */
let newest: { readonly messages: readonly Message[]; readonly byIdLength: Map<number, Frames> } = {
  messages: [],
  byIdLength: new Map(),
};

const beforeId = Buffer.from('{"id":"');
const afterId = Buffer.from('","type":"next","payload":');

function layOut(messages: readonly Message[], idLength: number): Frames {
  const around = beforeId.length + idLength + afterId.length;
  const size = messages.reduce((sum, { tail }) => sum + frameSize(around + tail.length), 0);
  const bytes = Buffer.allocUnsafeSlow(size);
  const idPlaces: number[] = [];
  let at = 0;
  for (const { tail } of messages) {
    at = writeHeader(bytes, at, around + tail.length);
    bytes.set(beforeId, at);
    idPlaces.push(at + beforeId.length);
    bytes.set(afterId, at + beforeId.length + idLength);
    bytes.set(tail, at + around);
    at += around + tail.length;
  }
  return { bytes, idPlaces };
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
