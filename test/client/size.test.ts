import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'rolldown';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

async function gzippedKiB(external: readonly string[]): Promise<number> {
  const { output } = await build({
    input: `${root}client/index.ts`,
    external: [...external],
    platform: 'browser',
    output: { minify: true },
    write: false,
  });
  return gzipSync(output[0].code).length / 1024;
}

test('the client is as small as docs/clients.md says, with graphql-ws and without', async () => {
  const page = readFileSync(`${root}docs/clients.md`, 'utf8');
  const [, own, all] = /(\d+) KB gzipped, (\d+) KB with graphql-ws/.exec(page)!.map(Number);
  expect(own).toBeLessThanOrEqual(12);
  expect(await gzippedKiB(['graphql-ws/client'])).toBeLessThanOrEqual(own!);
  expect(await gzippedKiB([])).toBeLessThanOrEqual(all!);
});
