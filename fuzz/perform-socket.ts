/** Opens a WebSocket and misuses it, then leaves it in the way that the attack says. */
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type Observation, type SocketAttack, spell } from './attack.ts';

const openMs = 30_000;
const listenMs = 200;
const keptBytes = 65_536;

export async function performSocket(port: number, attack: SocketAttack): Promise<Observation> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, [...attack.protocols], {
    headers: Object.fromEntries(attack.headers),
    perMessageDeflate: false,
    handshakeTimeout: openMs,
  });
  let received = '';
  let status: number | undefined;
  let closed: number | undefined;
  let heard = Promise.withResolvers<void>();
  socket.on('message', (data) => {
    if (received.length < keptBytes) received += `${data}\n`;
    heard.resolve();
    heard = Promise.withResolvers();
  });
  const settled = new Promise<boolean>((resolve) => {
    socket.once('open', () => resolve(true));
    socket.once('unexpected-response', (_request, response) => {
      status = response.statusCode;
      response.destroy();
      resolve(false);
    });
    socket.on('error', () => resolve(false));
  });
  const over = new Promise<void>((resolve) => {
    socket.once('close', (code, reason) => {
      closed = code;
      received += String(reason);
      resolve();
    });
  });
  if (await settled) {
    const stream = (socket as unknown as { readonly _socket: Socket })._socket;
    for (const frame of attack.frames) {
      if (socket.readyState !== socket.OPEN) break;
      if (frame.kind === 'listen') await Promise.race([heard.promise, over, delay(listenMs)]);
      else if (frame.kind === 'ping') socket.ping();
      else if (frame.kind === 'raw') stream.write(Buffer.from(frame.hex, 'hex'));
      else socket.send(spell(frame.text), { binary: frame.kind === 'binary' });
    }
    if (attack.leaving === 'deaf') stream.pause();
    if (attack.leaving === 'close') {
      socket.close();
      await Promise.race([over, delay(listenMs)]);
    } else {
      await Promise.race([over, delay(attack.leaving === 'deaf' ? listenMs : 0)]);
    }
  }
  socket.terminate();
  return { status, received, closed, unanswered: false };
}
