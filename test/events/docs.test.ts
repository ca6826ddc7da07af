import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(root + path, 'utf8');
const examples = globSync('test/events/examples/*.ts', { cwd: root }).map(read);
const blocksOf = (page: string) => [...read(page).matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1]!);

const pages = ['docs/reactions.md', 'docs/schema-evolution.md'];
/** Events, reactions and tests; what else a domain is made of is shown in outline. */
const isWhole = (block: string) =>
  /^(?:export const \w+ = (?:defineEvent|queueReaction|processor)|const bank|test)\b/.test(block);

test.each(
  pages.flatMap((page) =>
    blocksOf(page)
      .filter(isWhole)
      .map((block) => [page, block.split('\n')[0], block]),
  ),
)('what %s shows is part of an example that compiles: %s', (_page, _start, block) => {
  expect(examples.some((example) => example.includes(block!))).toBe(true);
});

test.each(pages)('%s links to pages that exist, and names files that do', (page) => {
  const text = read(page);
  const links = [...text.matchAll(/\]\(([a-z-]+\.md)\)/g)].map((match) => `docs/${match[1]}`);
  const files = [...text.matchAll(/`((?:src|test)\/[\w/.-]+\.(?:ts|json))`/g)].map((match) => match[1]!);
  expect([...links, ...files].filter((path) => globSync(path, { cwd: root }).length === 0)).toEqual([]);
});
