/**
 * The ceiling of a broadcast: a message becomes a frame once, frames that are ready together become one buffer once, and
 * that buffer is written to every socket. What is next waits until all sockets have taken it, so that unsent bytes stay
 * within one buffer a socket.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Redis } from 'ioredis';
import { WebSocketServer } from 'ws';
import { serverFrame } from '../../live/frames.ts';
import { announce } from '../../live/measured-server.ts';
import { rawChannels } from '../channels.ts';

const maxWriteBytes = 65_536;

const server = createServer();
const protocol = new WebSocketServer({ noServer: true });
const sockets = new Set<Duplex>();
server.on('upgrade', (request, socket, head) => {
  protocol.handleUpgrade(request, socket, head, () => {
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      taken(socket);
    });
  });
});

const ready: Buffer[] = [];
const writing = new Set<Duplex>();
let isScheduled = false;

const redis = new Redis(process.env.REDIS_URL!);
await redis.subscribe(rawChannels.coalesced);
redis.on('messageBuffer', (_channel: Buffer, message: Buffer) => {
  ready.push(serverFrame(message));
  schedule();
});

/** After everything that arrived in this turn of the event loop. */
function schedule(): void {
  if (isScheduled || writing.size > 0 || ready.length === 0) return;
  isScheduled = true;
  setImmediate(() => {
    isScheduled = false;
    write(takeReady());
  });
}

function takeReady(): Buffer {
  let bytes = 0;
  const over = ready.findIndex((frame) => {
    bytes += frame.length;
    return bytes > maxWriteBytes;
  });
  return Buffer.concat(ready.splice(0, over < 0 ? ready.length : Math.max(1, over)));
}

function write(frames: Buffer): void {
  for (const socket of sockets) {
    if (socket.write(frames)) continue;
    writing.add(socket);
    socket.once('drain', () => taken(socket));
  }
  schedule();
}

function taken(socket: Duplex): void {
  writing.delete(socket);
  schedule();
}
server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));
