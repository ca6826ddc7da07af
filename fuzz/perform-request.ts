/** Sends a request over a plain TCP connection, as malformed as it may be, and listens for a while. */
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Observation, type RequestAttack, type Sending, spell } from './attack.ts';

const patienceMs = 30_000; // far longer than an honest answer takes on a busy machine
const lingerMs = 300; // on a stream that stands, or where no answer is due
const keptBytes = 65_536;
const pieces = 8;

export async function performRequest(port: number, attack: RequestAttack): Promise<Observation> {
  const bytes = bytesOf(attack);
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  let received = '';
  const ended = Promise.withResolvers<void>();
  socket.on('data', (chunk: Buffer) => {
    if (received.length < keptBytes) received += chunk.toString('latin1');
    if (isWhole(received)) ended.resolve();
  });
  socket.on('error', () => {});
  socket.on('close', () => ended.resolve());
  try {
    await send(socket, bytes, attack.sending);
    const isDue = attack.sending !== 'half' && attack.sending !== 'cut' && attack.framing !== 'wrong length';
    const answered = await Promise.race([
      ended.promise.then(() => true),
      delay(isDue ? patienceMs : lingerMs, false, { ref: false }),
    ]);
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(received)?.[1]) || undefined;
    return { status, received, closed: undefined, unanswered: isDue && !answered && status === undefined };
  } finally {
    socket.destroy();
  }
}

function bytesOf({ method, target, headers, body, framing }: RequestAttack): Buffer {
  const content = Buffer.from(spell(body));
  const lines = headers.map(([name, value]) => `${name}: ${spell(value)}`);
  if (framing === 'length') lines.push(`content-length: ${content.length}`);
  if (framing === 'wrong length') lines.push(`content-length: ${content.length + 7}`);
  if (framing === 'chunked') lines.push('transfer-encoding: chunked');
  const head = Buffer.from(
    `${[`${method} ${spell(target)} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`,
    'latin1',
  );
  if (framing !== 'chunked') return Buffer.concat([head, content]);
  const chunk = content.length === 0 ? [] : [`${content.length.toString(16)}\r\n`, content, '\r\n'];
  return Buffer.concat([head, ...chunk.map((part) => Buffer.from(part)), Buffer.from('0\r\n\r\n')]);
}

async function send(socket: ReturnType<typeof connect>, bytes: Buffer, sending: Sending): Promise<void> {
  const write = (part: Buffer) =>
    new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
      socket.write(part, () => resolve());
    });
  if (sending === 'whole') return write(bytes);
  if (sending === 'half' || sending === 'cut') {
    await write(bytes.subarray(0, bytes.length / 2));
    if (sending === 'cut') socket.destroy();
    return;
  }
  const size = Math.ceil(bytes.length / pieces);
  for (let at = 0; at < bytes.length; at += size) {
    await write(bytes.subarray(at, at + size));
    await new Promise(setImmediate);
  }
}

/** Whether an answer is complete, or is an event stream that has begun. */
function isWhole(received: string): boolean {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const head = received.slice(0, end).toLowerCase();
  if (head.includes('text/event-stream')) return received.length > end + 4;
  if (head.includes('transfer-encoding: chunked')) return received.endsWith('0\r\n\r\n');
  const length = Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0);
  return received.length >= Math.min(keptBytes, end + 4 + length);
}
