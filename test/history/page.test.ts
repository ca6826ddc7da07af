import { afterAll, beforeAll, expect, test } from 'vitest';
import type { History } from '../../src/history/history.ts';
import type { PageRequest } from '../../src/history/page.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { count, counter, openHistory } from './counter.ts';

let testDatabase: TestDatabase;
let history: History;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  history = openHistory(testDatabase.database);
  await count(history, 'other', [1, 1, 1]);
  await count(history, 'a', [1, 2, 3, 4, 5]);
});
afterAll(() => testDatabase.drop());

/** The versions on the page, between a `<` for a page before and a `>` for one after it. */
async function page(request: PageRequest, id = 'a'): Promise<string> {
  const { events, hasPreviousPage, hasNextPage } = await history.page(counter, id, request);
  const versions = events.map(({ version }) => version).join(' ');
  return `${hasPreviousPage ? '<' : '|'} ${versions} ${hasNextPage ? '>' : '|'}`;
}

test.each<[string, PageRequest, string]>([
  ['the first ones', { from: 'first', count: 2 }, '| 1 2 >'],
  ['those after a version', { from: 'first', count: 2, after: 2 }, '< 3 4 >'],
  ['what is left after a version', { from: 'first', count: 2, after: 4 }, '< 5 |'],
  ['nothing after the last one', { from: 'first', count: 2, after: 5 }, '<  |'],
  ['exactly all', { from: 'first', count: 5 }, '| 1 2 3 4 5 |'],
  ['the last ones', { from: 'last', count: 2 }, '< 4 5 |'],
  ['those before a version', { from: 'last', count: 2, before: 4 }, '< 2 3 >'],
  ['what is left before a version', { from: 'last', count: 2, before: 2 }, '| 1 >'],
  ['nothing before the first one', { from: 'last', count: 2, before: 1 }, '|  >'],
  ['the first between two versions', { from: 'first', count: 1, after: 1, before: 5 }, '< 2 >'],
  ['the last between two versions', { from: 'last', count: 9, after: 1, before: 5 }, '< 2 3 4 >'],
])('a page has %s, and says what is beyond it', async (_what, request, expected) => {
  expect(await page(request)).toBe(expected);
});

test('there is no page of what never was', async () => {
  expect(await page({ from: 'first', count: 2 }, 'nobody')).toBe('|  |');
  expect(await page({ from: 'last', count: 2, before: 7 }, 'nobody')).toBe('|  |');
});
