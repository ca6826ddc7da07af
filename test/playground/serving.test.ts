import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let world: World;
let url: string;

beforeAll(async () => {
  world = await createWorld();
  await world.spawn('api').waitForLog('api.started', { timeoutMs: 60_000 });
  url = `${world.apiUrl}/graphql`;
});
afterAll(() => world[Symbol.asyncDispose]());

const html = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'; // as browsers send it
const get = (address: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(address, { method, redirect: 'manual', headers: { accept: html, ...headers } });

test('the page is for people: programs that prefer JSON, or anything, are answered by the API', async () => {
  const root = await get(`${world.apiUrl}/`);
  expect([root.status, root.headers.get('location')]).toEqual([302, '/graphql']);
  const page = await get(url);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.headers.get('vary')).toBe('Accept, Accept-Encoding');
  for (const accept of [
    '*/*',
    'application/json',
    'application/json, text/html;q=0.5',
    'text/html;q=0, */*',
  ]) {
    const answer = await get(`${url}?query={head}`, { accept });
    expect(await answer.json(), accept).toHaveProperty('data.head');
  }
  const posted = await fetch(url, {
    method: 'POST',
    headers: { accept: html, 'content-type': 'application/json' },
    body: '{"query":"{ head }"}',
  });
  expect(await posted.json()).toHaveProperty('data.head');
});

test('the policy allows what is served here and nothing else, and no page may hold this one in a frame', async () => {
  const policy = (await get(url)).headers.get('content-security-policy')!;
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe');
  expect(policy).not.toContain('*');
});

test('whoever has the page is sent nothing again, and HEAD tells what GET would', async () => {
  for (const encoding of ['br', 'gzip', 'identity']) {
    const asked = { 'accept-encoding': encoding };
    const page = await get(url, asked);
    const etag = page.headers.get('etag')!;
    await page.text();
    const head = await get(url, asked, 'HEAD');
    expect(head.headers.get('content-length')).toBe(page.headers.get('content-length'));
    expect(await head.text()).toBe('');
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await get(url, { ...asked, 'if-none-match': known });
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag]);
    }
    expect((await get(url, { ...asked, 'if-none-match': '"other"' })).status).toBe(200);
  }
});

test('all it needs is named by its content, kept for ever, and at most 500 KB', async () => {
  let bytes = 0;
  for (const asset of await assetsOf()) {
    const encoded = await raw(asset, 'br');
    bytes += encoded.body.length;
    expect(encoded.head, asset).toMatch(/cache-control: public, max-age=31536000, immutable/i);
    const plain = await raw(asset, 'identity');
    expect(plain.head).not.toMatch(/content-encoding/i);
    expect(brotliDecompressSync(encoded.body).equals(plain.body), asset).toBe(true);
    expect(gunzipSync((await raw(asset, 'gzip, br;q=0')).body).equals(plain.body), asset).toBe(true);
  }
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThanOrEqual(500_000);
});

test('a file of another version is served and not kept; one that does not exist is 404', async () => {
  const [asset = ''] = await assetsOf();
  const other = await get(asset.replace(/playground\/[\w-]+\//, 'playground/another-version/'));
  expect([other.status, other.headers.get('cache-control')]).toEqual([200, 'no-store']);
  for (const path of ['nothing.js', '..%2f..%2fpackage.json', '../../../package.json', '']) {
    const missing = await get(`${url}/playground/x/${path}`);
    expect(missing.status, path).toBeGreaterThanOrEqual(400);
  }
});

test('hundreds of requests whose answers nobody reads hold next to no memory', async () => {
  const assets = await assetsOf();
  const memory = async () => {
    const metrics = await (await fetch(`${world.apiUrl}/metrics`)).text();
    const of = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(metrics)?.[1]);
    return of('nodejs_external_memory_bytes') + of('nodejs_heap_size_used_bytes');
  };
  const before = await memory();
  const sockets: Socket[] = [];
  try {
    for (let index = 0; index < 100; index += 1) {
      const socket = connect(Number(world.env.PORT), '127.0.0.1');
      socket.on('error', () => {}).pause();
      await once(socket, 'connect');
      sockets.push(socket);
      const paths = ['/graphql', ...assets.map((asset) => new URL(asset).pathname)];
      // each socket asks for all that there is, and reads nothing
      for (const path of paths.slice(0, 20))
        socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\naccept: text/html\r\n\r\n`);
    }
    await until(async () => (await get(url)).status === 200);
    expect((await memory()) - before).toBeLessThan(64 * 1_048_576);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});

async function assetsOf(): Promise<readonly string[]> {
  const page = await (await get(url)).text();
  const named = Array.from(page.matchAll(/(?:href|src)="([^"]+)"/g), (match) => new URL(match[1]!, url).href);
  const schema = named
    .find((name) => name.endsWith('/playground/main.ts'))!
    .replace('main.ts', 'schema.json');
  return [...new Set([...named, schema])];
}

/** The answer as it comes over the wire: `fetch` would decompress it. */
async function raw(address: string, encoding: string) {
  const { pathname, port } = new URL(address);
  const socket = connect(Number(port), '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
  socket.write(
    `GET ${pathname} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\naccept-encoding: ${encoding}\r\n\r\n`,
  );
  await once(socket, 'close');
  const answer = Buffer.concat(chunks);
  const end = answer.indexOf('\r\n\r\n');
  return { head: answer.subarray(0, end).toString(), body: answer.subarray(end + 4) };
}
