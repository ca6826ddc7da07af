import { once } from 'node:events';
import { createServer } from 'node:http';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { freePort } from '../../dev/free-port.ts';
import {
  type Breaker,
  BreakerOpenError,
  type BreakerOptions,
  CallTimeoutError,
  createBreaker,
  showBreakers,
} from '../../src/workers/breaker.ts';
import { PermanentError, WaitError } from '../../src/workers/errors.ts';
import { until } from '../support/until.ts';

type Answer = 'ok' | 'error' | 'refusal' | 'silence';

/** Another system: an HTTP server that can go away, and a breaker around calls to it. */
async function otherSystem(options: Partial<BreakerOptions> & Pick<BreakerOptions, 'name'>) {
  const port = await freePort();
  const seen = { requests: 0, answer: 'ok' as Answer };
  const server = createServer((_, response) => {
    seen.requests += 1;
    if (seen.answer !== 'silence') response.writeHead(codes[seen.answer]).end();
  });
  const lines: { breaker: string; state: string; msg: string }[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const breaker = createBreaker({ failures: { inARow: 3 }, openMs: 50, ...options });
  const call = (signal = new AbortController().signal) =>
    breaker.call({ signal, logger }, async (callSignal) => {
      const response = await fetch(`http://127.0.0.1:${port}`, { signal: callSignal });
      if (response.status === 422) throw new PermanentError('it does not want this');
      if (!response.ok) throw new Error(`status ${response.status}`);
      return response.status;
    });
  const stop = async () => {
    server.closeAllConnections();
    if (server.listening) await once(server.close(), 'close');
  };
  return {
    breaker,
    seen,
    call,
    stop,
    start: () => once(server.listen(port, '127.0.0.1'), 'listening'),
    changes: () => lines.map(({ msg, breaker: name, state }) => `${msg} ${name} ${state}`),
    [Symbol.asyncDispose]: stop,
  };
}

const codes = { ok: 200, error: 500, refusal: 422 } as const;

async function fail(call: () => Promise<unknown>, times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) await expect(call()).rejects.toThrow();
}

async function gauge({ name }: Breaker): Promise<number | undefined> {
  const registry = new Registry();
  showBreakers(registry);
  const { values } = await registry.getSingleMetric('aorta_breaker_state')!.get();
  return values.find(({ labels }) => labels.breaker === name)?.value;
}

test('while the other side is away nobody asks it, and all do when it is back', async () => {
  await using other = await otherSystem({ name: 'away', openMs: 1_000 });
  const { breaker, call, seen } = other;
  await other.start();
  expect(await call()).toBe(200);
  expect([breaker.state, await gauge(breaker)]).toEqual(['closed', 0]);

  await other.stop();
  for (let n = 0; n < 2; n += 1) await expect(call()).rejects.toThrow('fetch failed');
  const last = await call().catch((error: unknown) => error);
  expect(last, 'the failure that opens it').toBeInstanceOf(BreakerOpenError);
  expect((last as Error).cause).toMatchObject({ message: 'fetch failed' });
  const refused = await call().catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(BreakerOpenError);
  expect(refused).toBeInstanceOf(WaitError);
  expect((refused as WaitError).waitMs).toBeGreaterThan(0);
  expect((refused as WaitError).waitMs).toBeLessThanOrEqual(1_000);
  expect((refused as WaitError).cause, 'a call that was made').toBeUndefined();
  expect([breaker.state, await gauge(breaker)]).toEqual(['open', 2]);

  await other.start();
  await until(call);
  expect([breaker.state, await gauge(breaker)]).toEqual(['closed', 0]);
  expect(seen.requests).toBe(2);
  const change = (state: string) => `breaker.changed away ${state}`;
  expect(other.changes()).toEqual([change('open'), change('half open'), change('closed')]);
});

test('a trial is one call: the others wait for what it shows', async () => {
  await using other = await otherSystem({ name: 'trial', openMs: 20 });
  const { breaker, call, seen } = other;
  await fail(call, 3);
  seen.answer = 'silence';
  await other.start();
  let trial: Promise<unknown> = Promise.resolve();
  await until(() => {
    trial = call().catch((error: unknown) => error);
    return breaker.state === 'half open';
  });
  expect(await gauge(breaker)).toBe(1);
  for (let n = 0; n < 5; n += 1) await expect(call()).rejects.toThrow(BreakerOpenError);
  await until(() => seen.requests === 1);

  await other.stop();
  expect(await trial).toMatchObject({ name: 'BreakerOpenError', cause: { message: 'fetch failed' } });
  expect(breaker.state, 'after a trial that failed').toBe('open');
  expect(seen.requests).toBe(1);
});

test('a call that hangs is a failure, also when it does not listen to its signal', async () => {
  await using other = await otherSystem({ name: 'hanging', timeoutMs: 20 });
  other.seen.answer = 'silence';
  await other.start();
  await expect(other.call()).rejects.toThrow(CallTimeoutError);
  const { signal } = new AbortController();
  const logger = pino({ level: 'silent' });
  const deaf = () => other.breaker.call({ signal, logger }, () => new Promise(() => {}));
  await expect(deaf()).rejects.toThrow(CallTimeoutError);
  await expect(deaf()).rejects.toThrow(BreakerOpenError);
  expect(other.breaker.state).toBe('open');
});

test('a refusal is an answer: it does not count, and ends a row of failures', async () => {
  await using other = await otherSystem({ name: 'refusing' });
  await other.start();
  for (const answer of ['error', 'error', 'refusal', 'error', 'error', 'refusal', 'refusal'] as const) {
    other.seen.answer = answer;
    await fail(other.call, 1);
  }
  expect(other.breaker.state).toBe('closed');
  other.seen.answer = 'error';
  await fail(other.call, 3);
  expect(other.breaker.state).toBe('open');
});

test('what the worker aborts says nothing: it does not open the breaker, and does not close it', async () => {
  await using other = await otherSystem({ name: 'aborted' });
  const { breaker, call, seen } = other;
  seen.answer = 'silence';
  await other.start();
  const abortOne = async () => {
    const worker = new AbortController();
    const running = call(worker.signal);
    const before = seen.requests;
    await until(() => seen.requests > before || breaker.state === 'open');
    worker.abort(new Error('the worker stops'));
    return running;
  };
  for (let n = 0; n < 4; n += 1) await expect(abortOne()).rejects.toThrow('the worker stops');
  expect(breaker.state).toBe('closed');

  seen.answer = 'error';
  await fail(call, 3);
  seen.answer = 'silence';
  await until(() => abortOne().catch((error: Error) => error.message === 'the worker stops'));
  expect(breaker.state).toBe('open');
});

test('a share of the last calls can open it, where failures in a row would not', async () => {
  await using other = await otherSystem({ name: 'half', failures: { share: 0.4, ofLast: 10 } });
  await other.start();
  for (let n = 0; n < 9; n += 1) {
    other.seen.answer = n % 2 === 0 ? 'error' : 'ok';
    await other.call().catch(() => {});
  }
  expect(other.breaker.state).toBe('closed');
  other.seen.answer = 'error';
  await fail(other.call, 1);
  expect(other.breaker.state).toBe('open');
});

test('numbers that make no sense are refused where the breaker is made', () => {
  expect(() => createBreaker({ name: 'x', failures: { inARow: 0 }, openMs: 1 })).toThrow(RangeError);
  expect(() => createBreaker({ name: 'x', failures: { share: 1, ofLast: 9 }, openMs: 1 })).toThrow(
    RangeError,
  );
  expect(() => createBreaker({ name: 'x', failures: { inARow: 1 }, openMs: 0 })).toThrow(RangeError);
});
