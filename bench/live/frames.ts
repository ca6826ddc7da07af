/**
 * WebSocket framing as a load client needs it: finds the frames in the bytes as they were read, with no copy of those
 * that arrived whole. A server's frames are neither masked nor, from any server measured here, fragmented.
 */

export interface FrameHandler {
  /** A text message, as `bytes[start, end)`: valid during the call only. */
  text(bytes: Buffer, start: number, end: number): void;
  /** The server asks whether the socket lives; `payload` is to be sent back. */
  ping(payload: Buffer): void;
  closed(code: number, reason: string): void;
}

const opcodes = { text: 0x1, close: 0x8, ping: 0x9, pong: 0xa } as const;
const finalFrame = 0x80;
const masked = 0x80;
const longestHeader = 10;

export class FrameReader {
  readonly #handler: FrameHandler;
  /** The beginning of a frame whose end has not arrived */
  #begun = Buffer.alloc(0);
  #length = 0;

  constructor(handler: FrameHandler) {
    this.#handler = handler;
  }

  /** Takes the first `length` bytes of what was read; the buffer can be reused afterwards. Throws at what is no frame. */
  read(bytes: Buffer, length: number): void {
    let at = this.#length > 0 ? this.#complete(bytes, length) : 0;
    while (at < length) {
      const end = frameEnd(bytes, at, length);
      if (end === 0 || end > length) {
        this.#keep(bytes, at, length);
        return;
      }
      this.#frame(bytes, at, end);
      at = end;
    }
  }

  /** Adds to the begun frame what it lacks, and gives where the next one starts. */
  #complete(bytes: Buffer, length: number): number {
    let at = 0;
    let end = frameEnd(this.#begun, 0, this.#length);
    while (end === 0 && at < length) {
      this.#keep(bytes, at, at + 1);
      at += 1;
      end = frameEnd(this.#begun, 0, this.#length);
    }
    if (end === 0) return length;
    const lacking = Math.min(end - this.#length, length - at);
    this.#keep(bytes, at, at + lacking);
    if (this.#length === end) {
      this.#length = 0;
      this.#frame(this.#begun, 0, end);
    }
    return at + lacking;
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    const length = this.#length + end - start;
    if (this.#begun.length < length) {
      const larger = Buffer.alloc(Math.max(1_024, length * 2));
      this.#begun.copy(larger, 0, 0, this.#length);
      this.#begun = larger;
    }
    bytes.copy(this.#begun, this.#length, start, end);
    this.#length = length;
  }

  #frame(bytes: Buffer, at: number, end: number): void {
    const first = bytes[at]!;
    const start = at + headerLength(bytes[at + 1]!);
    if (first === (finalFrame | opcodes.text)) this.#handler.text(bytes, start, end);
    else if (first === (finalFrame | opcodes.ping)) this.#handler.ping(bytes.subarray(start, end));
    else if (first === (finalFrame | opcodes.close)) {
      const code = end - start >= 2 ? bytes.readUInt16BE(start) : 1005;
      this.#handler.closed(code, bytes.toString('utf8', start + 2, end));
    } else if (first !== (finalFrame | opcodes.pong)) {
      throw new Error(`unexpected frame 0x${first.toString(16)}`);
    }
  }
}

/** Where the frame that starts at `at` ends, or 0 when its header has not arrived. */
function frameEnd(bytes: Buffer, at: number, length: number): number {
  if (length - at < 2) return 0;
  const size = bytes[at + 1]!;
  if (size < 126) return at + 2 + size;
  if (length - at < headerLength(size)) return 0;
  if (size === 126) return at + 4 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
  if (size === 127) return at + longestHeader + Number(bytes.readBigUInt64BE(at + 2));
  throw new Error('a server must not mask its frames');
}

const headerLength = (size: number) => (size < 126 ? 2 : size === 126 ? 4 : longestHeader);

/**
 * A frame as a client sends it. Its mask is all zeros: as good to the server as any other, and the payload stays as it
 * is, so that a frame for all sockets is made once.
 */
export function clientFrame(kind: 'text' | 'pong', payload: string | Buffer): Buffer {
  const body = Buffer.from(payload);
  const [size, ...longer] = sizeBytes(body.length);
  return Buffer.concat([
    Buffer.from([finalFrame | opcodes[kind], masked | size!, ...longer, 0, 0, 0, 0]),
    body,
  ]);
}

/** A frame as a server sends it. */
export function serverFrame(text: Buffer): Buffer {
  return Buffer.concat([Buffer.from([finalFrame | opcodes.text, ...sizeBytes(text.length)]), text]);
}

function sizeBytes(size: number): readonly number[] {
  if (size > 0xffff) throw new Error('a bench sends small messages only');
  return size < 126 ? [size] : [126, size >> 8, size & 0xff];
}
