import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const page = read('docs/sagas.md');

test('the saga that docs/sagas.md declares is the one of these tests', () => {
  const [declaration, start] = [...page.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1]!);
  const source = read('test/sagas/order-saga.ts');
  expect(source).toContain(declaration!.trimEnd());
  expect(source).toContain(start!.trimEnd());
});

test('docs/sagas.md links to pages that exist, and names tests that do', () => {
  const docs = readdirSync(new URL('../../docs', import.meta.url));
  const links = [...page.matchAll(/\]\(([a-z-]+\.md)\)/g)].map((match) => match[1]!);
  expect(links.filter((link) => !docs.includes(link))).toEqual([]);
  const tests = [...page.matchAll(/`test\/sagas\/([\w.-]+)`/g)].map((match) => match[1]!);
  expect(readdirSync(new URL('.', import.meta.url))).toEqual(expect.arrayContaining(tests));
});
