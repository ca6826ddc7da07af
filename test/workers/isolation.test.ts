import { expect, test } from 'vitest';
import { createIsolation } from '../../src/workers/isolation.ts';

test('one at a time, the next by chance, whether the one before succeeded or not', async () => {
  const alone = createIsolation(() => 0.99);
  const events: string[] = [];
  const release: Record<string, () => void> = {};
  const run = (name: string, fails = false) =>
    alone(async () => {
      events.push(`${name} begins`);
      await new Promise<void>((resolve) => {
        release[name] = resolve;
      });
      events.push(`${name} ends`);
      if (fails) throw new Error(name);
    });
  const all = [run('first', true).catch(() => {}), run('second'), run('third')];
  for (const name of ['first', 'third', 'second']) {
    release[name]!();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(all);
  expect(events).toEqual(['first', 'third', 'second'].flatMap((name) => [`${name} begins`, `${name} ends`]));
});
