import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { idBytes, writeNext } from '../../src/live/frame.ts';
import { toMessage } from '../../src/live/message.ts';
import { until } from '../support/until.ts';

test('frames of every length reach a WebSocket client as the messages they are, one by one and many in one write', async () => {
  const id = 'ünïcode "id"\\';
  const around = JSON.stringify({ id, type: 'next', payload: { data: { text: '' } } });
  const overhead = Buffer.byteLength(around);
  // RFC 6455 writes lengths in three ways: up to 125, up to 65,535, and beyond
  const texts = [125, 126, 127, 65_535, 65_536, 200_000].map((length) => 'x'.repeat(length - overhead));
  const results = texts.map((text) => ({ data: { text } }));
  const messages = results.map((result) => toMessage(result));

  const server = createServer();
  const webSockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, stream, head) =>
    webSockets.handleUpgrade(request, stream, head, () => {
      for (const message of messages) writeNext(stream, idBytes(id), [message]);
      writeNext(stream, idBytes(id), messages);
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const received: unknown[] = [];
  client.on('message', (data) => received.push(JSON.parse(String(data))));
  await until(() => received.length === 2 * messages.length);
  const expected = results.map((payload) => ({ id, type: 'next', payload }));
  expect(received).toEqual([...expected, ...expected]);

  client.terminate();
  await new Promise((resolve) => server.close(resolve));
});
