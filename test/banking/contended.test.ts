/** Many at once, through two processes of the public API; and one process that is killed among them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../dev/free-port.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';
import { type Customer, createCustomer, holdAccount, Refused, type ShownAccount } from './support.ts';

const writers = 32;

let world: World;
let customers: readonly [Customer, Customer];
let second: ReturnType<World['spawn']>;
let startSecond: () => Promise<void>;

beforeAll(async () => {
  world = await createWorld();
  const port = String(await freePort());
  startSecond = async () => {
    second = world.spawn('api', { env: { PORT: port } });
    await second.waitForLog('api.started');
  };
  const first = world.spawn('api');
  await Promise.all([first.waitForLog('api.started'), startSecond()]);
  customers = [createCustomer(world.apiUrl), createCustomer(`http://127.0.0.1:${port}`)];
});
afterAll(() => world[Symbol.asyncDispose]());

const customer = (n: number) => customers[n % 2]!;

test('32 writers of one account: no movement is lost, and every refusal says why', async () => {
  const { id: accountId } = await customer(0).open({ initialDeposit: '300' });
  const moved: bigint[] = [];
  const refused: Refused[] = [];
  const write = async (writer: number) => {
    for (let n = 0; n < 6; n += 1) {
      const [move, sign] = (writer + n) % 2 === 0 ? (['deposit', 1n] as const) : (['withdraw', -1n] as const);
      const amount = String(10 + writer);
      await customer(writer)
        [move]({ accountId, amount })
        .then(
          () => moved.push(sign * BigInt(amount)),
          (error) => refused.push(error),
        );
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  const account = await customer(0).account(accountId);
  expect(BigInt(account.balance)).toBe(moved.reduce((sum, each) => sum + each, 300n));
  expect(account.version).toBe(moved.length + 1);
  expect(moved.length + refused.length).toBe(writers * 6);
  expect(new Set(refused.map(({ code }) => code)).isSubsetOf(new Set(['INSUFFICIENT_FUNDS']))).toBe(true);
  expect(await customer(1).account(accountId)).toEqual(account);
});

test('32 writers who have all seen one version: one gets through, the others learn the current one', async () => {
  const { id: accountId, version } = await customer(0).open();
  const outcomes = await Promise.allSettled(
    Array.from({ length: writers }, (_, n) =>
      customer(n).deposit({ accountId, amount: '1', expectedVersion: version }),
    ),
  );
  const refused = outcomes
    .filter((each) => each.status === 'rejected')
    .map(({ reason }) => reason as Refused);
  expect(refused).toHaveLength(writers - 1);
  for (const { code, extensions } of refused) {
    expect({ code, extensions }).toMatchObject({
      code: 'VERSION_CONFLICT',
      extensions: { currentVersion: 2 },
    });
  }
  expect(await customer(0).account(accountId)).toMatchObject({ version: 2, balance: '1' });
});

test('many commands with keys that wait for one account hold up no other', async () => {
  const [hot, other] = [await customer(0).open(), await customer(0).open()];
  const one = { accountId: hot.id, amount: '1' };
  await using held = await holdAccount(world.database, hot.id);
  const waiting = Promise.all(
    Array.from({ length: writers }, (_, n) =>
      insist(() => customer(0).deposit({ ...one, idempotencyKey: `hot ${n}` })),
    ),
  );
  await held.isWaitedFor();
  const answer = await customer(0).deposit({ accountId: other.id, amount: '1', idempotencyKey: 'other' });
  expect(answer).toMatchObject({ version: 2, balance: '1' });
  expect(await customer(0).account(hot.id)).toMatchObject({ version: 1, balance: '0' });
  await held.release();
  await waiting;
  expect(await customer(0).account(hot.id)).toMatchObject({ version: writers + 1, balance: `${writers}` });
});

test('a process that is killed among commands with keys: asked again, each has had one effect and one answer', async () => {
  const { id: accountId } = await customer(0).open();
  const answers = new Map<number, ShownAccount>();
  const ask = async (n: number) => {
    const answer = await customer(1).deposit({ accountId, amount: '10', idempotencyKey: `deposit ${n}` });
    const before = answers.get(n);
    if (before) expect(answer).toEqual(before);
    answers.set(n, answer);
  };
  /** Several clients, who ask for one after the other, each once, as long as there are more. */
  const askWhile = async (
    isMore: (n: number) => boolean,
    outcome: (asked: Promise<void>) => Promise<void>,
  ) => {
    let next = 0;
    const client = async () => {
      while (isMore(next)) await outcome(ask(next++));
    };
    await Promise.all(Array.from({ length: 12 }, client));
    return next;
  };
  let isKilled = false;
  const asked = askWhile(
    () => !isKilled,
    (each) => each.catch(() => {}),
  );
  await until(() => answers.size >= 30);
  await second.kill();
  isKilled = true;
  const keys = await asked;
  expect(answers.size, 'it was killed among them').toBeLessThan(keys);

  await startSecond();
  await askWhile(
    (n) => n < keys,
    (each) => each,
  );
  expect(await customer(0).account(accountId)).toMatchObject({ balance: `${10 * keys}`, version: keys + 1 });
  expect(new Set([...answers.values()].map(({ version }) => version)).size).toBe(keys);
});

/** Asks again, as a client with a key may, when it has waited for its turn for too long: nothing was begun. */
async function insist<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Refused && error.code === 'UNAVAILABLE')) throw error;
    }
  }
}
