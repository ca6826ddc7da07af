import { expect, test } from 'vitest';
import { runBench } from './support.ts';

const sides = ['aorta', 'stock', 'mercurius', 'raw', 'raw coalesced'];

test('every side delivers every event to each of 100 subscribers, once and in order', async () => {
  const size = ['--subscribers', '100', '--rounds', '1', '--seconds', '1', '--burst', '100'];
  const { code, stdout, stderr } = await runBench('fanout', ...size, '--json');
  // a subscriber that misses an event, or has one twice, ends the bench with an error
  expect(code, stderr).toBe(0);
  const { bench, cases, ratios } = JSON.parse(stdout);
  expect(bench).toBe('fanout');
  expect(cases.map(({ name }: { name: string }) => name)).toEqual(sides.map((side) => `${side} 100`));
  for (const figures of cases) {
    expect(figures).toEqual({
      name: expect.any(String),
      deliveriesPerSecond: expect.any(Number),
      cpuSecondsPer100k: expect.any(Number),
      clientCpuSecondsPer100k: expect.any(Number),
      burstEvents: 100,
      burstDeliveriesPerSecond: expect.any(Number),
      p50Ms: expect.any(Number),
      p99Ms: expect.any(Number),
      rssMiB: expect.any(Number),
      kibPerSubscriber: expect.any(Number),
      bytesPerDelivery: expect.any(Number),
      deliveries: expect.any(Number),
    });
    // the burst, 50 paced events, and at least one of the steady flow
    expect(figures.deliveries).toBeGreaterThanOrEqual(100 * (100 + 50 + 1));
    expect(figures.deliveries % 100).toBe(0);
  }
  expect(ratios).toMatchObject({
    steadyOverStock100: expect.any(Number),
    steadyOverMercurius100: expect.any(Number),
    steadyOverRaw100: expect.any(Number),
    cpuOverRaw100: expect.any(Number),
    p99OverRaw100: expect.any(Number),
    burstOverStock100: expect.any(Number),
    burstOverRawCoalesced100: expect.any(Number),
    memoryOverRaw100: expect.any(Number),
  });
});

test('the raw servers’ messages are as long as Aorta’s, so that they are compared at the same bytes', async () => {
  const size = ['--subscribers', '20', '--rounds', '1', '--seconds', '1', '--burst', '10'];
  const { code, stdout, stderr } = await runBench('fanout', ...size, '--sides', 'aorta,raw', '--json');
  expect(code, stderr).toBe(0);
  const [aorta, raw] = JSON.parse(stdout).cases;
  expect(Math.abs(raw.bytesPerDelivery / aorta.bytesPerDelivery - 1)).toBeLessThan(0.02);
});

test.each([
  [['--sides', 'aorta,nope'], 'there is no side "nope". Name some of: aorta, stock'],
  [['--subscribers', '100,few'], '--subscribers must be a whole number above 0, and not "few"'],
])('%j is refused before anything is started', async (args, reason) => {
  const { code, stdout, stderr } = await runBench('fanout', ...args);
  expect(stderr).toContain(reason);
  expect(stderr).not.toContain('starting');
  expect(stdout).toBe('');
  expect(code).toBe(2);
});
