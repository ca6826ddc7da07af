import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const operations = read('docs/operations.md');
const sources = globSync('src/**/*.ts', { cwd: new URL('../..', import.meta.url) }).map(read);
const found = (pattern: RegExp, texts: readonly string[]) =>
  [...new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1]!)))].sort();

test('docs/operations.md says of every metric what it tells, and of no other', () => {
  const shown = found(/'(aorta_[a-z_]+)'/g, sources);
  expect(found(/`(aorta_[a-z_]+)[`{]/g, [operations])).toEqual(shown);
});

test('docs/operations.md says what every warning and error of the relay means', () => {
  const logged = found(/logger\.(?:warn|error)\([^;]*?'([a-z]+\.[a-z_]+)'/gs, sources).filter((name) =>
    /^(relay|lease|redis)\./.test(name),
  );
  expect(logged).toContain('relay.horizon_held');
  expect(logged.filter((name) => !operations.includes(`\`${name}\``))).toEqual([]);
});
