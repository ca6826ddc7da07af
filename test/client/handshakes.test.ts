import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { watchHandshakes } from '../../client/socket/handshakes.ts';
import { freePort } from '../../dev/free-port.ts';

test('a server that has just come, after many tries without one, is asked for a socket before it is given up', async () => {
  const port = await freePort();
  const url = `ws://127.0.0.1:${port}/graphql`;
  const handshakes = watchHandshakes();
  const fail = () => {
    handshakes.connecting(url);
    handshakes.closed({ code: 1006, reason: '' });
    return handshakes.findRefusal();
  };
  for (let tries = 0; tries < 20; tries += 1) expect(await fail()).toBeUndefined();
  const server = createServer((_, response) => response.end('here')).listen(port, '127.0.0.1');
  await once(server, 'listening');
  try {
    expect(await handshakes.findRefusal(), 'it came between the last try and the question').toBeUndefined();
    expect(await fail()).toMatchObject({ code: 'CONNECTION_REFUSED' });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
