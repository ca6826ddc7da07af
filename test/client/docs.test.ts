import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const examples = globSync('client/examples/*.ts', { cwd: root }).map((path) =>
  readFileSync(root + path, 'utf8'),
);
const page = readFileSync(`${root}docs/clients.md`, 'utf8');
const blocks = [...page.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1]!);

test.each(blocks.map((block) => [block.trim().split('\n')[0], block]))(
  'what docs/clients.md shows is part of a program that runs: %s',
  (_start, block) => {
    expect(examples.some((example) => example.includes(block!))).toBe(true);
  },
);
