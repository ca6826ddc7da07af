import { expect, test } from 'vitest';
import { aborted } from '../../src/platform/aborted.ts';
import { withinTime } from '../../src/workers/within-time.ts';

const never = new AbortController().signal;
const forEver = new Promise<never>(() => {});

test('gives what the work gives', async () => {
  expect(await withinTime(10_000, never, async () => 'done')).toBe('done');
});

test('throws when the time is up, also when the work goes on regardless', async () => {
  let told: AbortSignal | undefined;
  const work = withinTime(20, never, (signal) => {
    told = signal;
    return forEver;
  });
  await expect(work).rejects.toThrow('the handler took longer than 20 ms');
  expect(told!.aborted).toBe(true);
});

test('throws when the worker gives up, and what ends just then is not taken for done', async () => {
  const stopping = new AbortController();
  const work = withinTime(10_000, stopping.signal, async (signal) => {
    await aborted(signal);
    return 'too late';
  });
  stopping.abort(new Error('the worker is stopping'));
  await expect(work).rejects.toThrow('the worker is stopping');
  await expect(withinTime(10_000, stopping.signal, async () => 'not begun')).rejects.toThrow('stopping');
});
