/** What the sockets of a load client have received since it began to count. */
import { nowMs } from './clock.ts';
import type { BeginCommand, LoadCount, LoadEnd, LoadProgress } from './load-protocol.ts';
import { sequenceIn } from './sequence.ts';

export interface Tally {
  /** Counts a `next` message of the socket, which is `bytes[start, end)`. */
  received(socket: number, bytes: Buffer, start: number, end: number): void;
  /** Notes what went wrong; only the first few are kept. */
  fault(what: string): void;
  progress(): LoadProgress;
  count(): LoadCount;
  end(): LoadEnd;
}

const maxEvents = 1_048_576; // of one socket between begin and end
const maxFaults = 5;

/** `onProgress` is called whenever `progress()` has become another. */
export function createTally(
  sockets: number,
  { checked, first, receipts }: BeginCommand,
  onProgress: () => void,
): Tally {
  const perSocket = new Uint32Array(sockets);
  const reached = new Uint32Array(sockets === 0 ? 0 : maxEvents); // by event, how many sockets have it
  const newest = new Float64Array(sockets).fill(-1);
  // every so many sockets one is checked, so that the first and the last served are among them
  const stride = Math.max(1, Math.floor(sockets / checked));
  const isChecked = (socket: number) => checked > 0 && socket % stride === 0;
  const faults: string[] = [];
  const received = { socket: [] as number[], event: [] as number[], atMs: [] as number[] };
  let deliveries = 0;
  let byteCount = 0;
  let completed = 0;

  const fault = (what: string) => {
    if (faults.length === maxFaults) return;
    faults.push(what);
    onProgress();
  };
  const check = (socket: number, sequence: number) => {
    const before = newest[socket]!;
    newest[socket] = sequence;
    const due = before >= 0 ? before + 1 : first;
    if (first !== undefined && sequence !== due) {
      fault(`socket ${socket} got event ${sequence} where ${due} was due`);
    } else if (sequence <= before) fault(`socket ${socket} got event ${sequence} after ${before}`);
  };
  const count = (): LoadCount => ({
    deliveries,
    bytes: byteCount,
    newest: newest.filter((_, socket) => isChecked(socket)).reduce(smaller, Number.MAX_SAFE_INTEGER),
    cpuSeconds: cpuSeconds(),
    atMs: nowMs(),
  });

  return {
    received(socket, bytes, start, end) {
      const event = perSocket[socket]!;
      if (event === maxEvents) throw new Error(`more than ${maxEvents} events between begin and end`);
      perSocket[socket] = event + 1;
      deliveries += 1;
      byteCount += end - start;
      if (isChecked(socket)) check(socket, sequenceIn(bytes, start, end));
      if (receipts) {
        received.socket.push(socket);
        received.event.push(event);
        received.atMs.push(nowMs());
      }
      reached[event]! += 1;
      if (reached[event] === sockets) {
        completed = event + 1;
        onProgress();
      }
    },
    fault,
    progress: () => ({ completed, faults, atMs: nowMs() }),
    count,
    end: () => ({ ...count(), perSocket, faults, receipts: receipts ? toArrays(received) : undefined }),
  };
}

const smaller = (one: number, other: number) => Math.min(one, other);

function toArrays(received: Record<'socket' | 'event' | 'atMs', readonly number[]>): LoadEnd['receipts'] {
  return {
    socket: Uint32Array.from(received.socket),
    event: Uint32Array.from(received.event),
    atMs: Float64Array.from(received.atMs),
  };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
