/** The fuzz itself: against servers that are wrong on purpose. `npm run fuzz` runs it against the api. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { lengthOf } from '../../fuzz/attack.ts';
import { sendStrangers, type Target } from '../../fuzz/strangers.ts';

async function serve(listener: RequestListener): Promise<Target & AsyncDisposable> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    hasEnded: false,
    lastLines: [],
    revive: async () => {},
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const { signal } = new AbortController();

test('an answer that blames the server is found, and shrunk to one request with nothing to spare', async () => {
  await using target = await serve((request, response) => {
    const isWrong = request.method === 'POST' && request.headers['content-type'] === 'text/plain';
    response.writeHead(isWrong ? 500 : 400).end();
    request.resume();
  });
  const { failure } = await sendStrangers({ target, seed: 1, runs: 500, signal });
  expect(failure?.what).toContain('the status is 500');
  expect(failure?.smallest).toHaveLength(1);
  const [attack] = failure!.smallest;
  expect(attack).toMatchObject({ transport: 'http', method: 'POST' });
  if (attack?.transport !== 'http') throw new Error('it is a request');
  expect(attack.headers.map(([name]) => name)).toEqual(['host', 'accept', 'content-type']);
  expect(lengthOf(attack.body)).toBeLessThan(200);
});

test('a stack in an answer is found, and a request that nobody answers is waited for', async () => {
  await using target = await serve((request, response) => {
    request.resume();
    response.writeHead(400).end(request.method === 'DELETE' ? String(new Error('x').stack) : '');
  });
  const { failure } = await sendStrangers({ target, seed: 2, runs: 1_000, signal });
  expect(failure?.what).toContain('shows our insides');
});

test('a server that refuses everything well has no fault, and gets the same attacks for the same seed', async () => {
  const seen: string[][] = [[], []];
  for (const run of seen) {
    await using target = await serve((request, response) => {
      run.push(`${request.method} ${request.url}`);
      request.resume();
      response.writeHead(400, { connection: 'close' }).end();
    });
    expect(await sendStrangers({ target, seed: 3, runs: 20, signal })).toMatchObject({ failure: undefined });
  }
  expect(seen[0]!.length).toBeGreaterThan(20);
  expect(seen[0]!.toSorted()).toEqual(seen[1]!.toSorted());
});
