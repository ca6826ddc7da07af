/** The least that a broadcast over ws does: the bytes of each Redis message go to every socket, one send each. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { WebSocketServer } from 'ws';
import { announce } from '../../live/measured-server.ts';
import { rawChannels } from '../channels.ts';

const server = createServer();
const sockets = new WebSocketServer({ server });
const redis = new Redis(process.env.REDIS_URL!);
await redis.subscribe(rawChannels.plain);
redis.on('messageBuffer', (_channel: Buffer, message: Buffer) => {
  for (const socket of sockets.clients) socket.send(message, { binary: false });
});
server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));
