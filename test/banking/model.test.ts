/** Random customers of a bank whose processes are killed at random: what they were told has to add up, to the cent. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RoleProcess } from '../support/role-process.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';
import { type Customer, createCustomer, Refused, type ShownAccount, settled } from './support.ts';

let world: World;
const running = new Map<Process, { readonly role: RoleProcess; readonly url: string }>();

const processes = ['api-0', 'api-1', 'worker-0', 'worker-1', 'relay'] as const;
type Process = (typeof processes)[number];

beforeAll(async () => {
  world = await createWorld();
  await Promise.all(processes.map(start));
});
afterAll(() => world[Symbol.asyncDispose]());

async function start(name: Process): Promise<void> {
  const kind = name.startsWith('api') ? 'api' : name.startsWith('worker') ? 'worker' : 'relay';
  const role = world.spawn(kind, { env: { PORT: '0', WORKER_LOCK_MS: '1000' } });
  const { port } = await role.waitForLog(`${kind}.started`);
  running.set(name, { role, url: `http://127.0.0.1:${port}` });
}

async function killAndStart(name: Process): Promise<void> {
  await running.get(name)!.role.kill();
  await start(name);
}

type Step =
  | { readonly do: 'deposit' | 'withdraw'; readonly amount: number }
  | { readonly do: 'transfer'; readonly amount: number; readonly to: number }
  | { readonly do: 'close' }
  | { readonly do: 'kill'; readonly process: Process };

const customers = 3;
const overdraft = 300;
const amount = fc.integer({ min: 1, max: 900 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('deposit', 'withdraw'), amount }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('transfer'), amount, to: fc.nat(customers - 2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('kill'), process: fc.constantFrom(...processes) }) },
);

/** What a customer knows of an account: all but what may be under way to it. */
interface Known {
  readonly id: string;
  /** At least so much is on it */
  certain: number;
  /** So much more may have arrived, or come back */
  possible: number;
  closed: boolean;
}

interface Sent {
  readonly id: string;
  readonly from: Known;
  readonly to: Known;
  readonly amount: number;
}

/** The story of one customer: one command after the other, each asked for again under its key until it is answered. */
async function live(
  own: Known,
  others: readonly Known[],
  steps: readonly Step[],
  sent: Sent[],
): Promise<void> {
  for (const [number, each] of steps.entries()) {
    const key = `${own.id}-${number}`;
    if (each.do === 'kill') await killAndStart(each.process);
    else if (each.do === 'close') await close(own, key);
    else if (each.do === 'transfer') await send(own, others[each.to]!, each.amount, key, sent);
    else await move(own, each.do, each.amount, key);
  }
}

async function move(own: Known, field: 'deposit' | 'withdraw', units: number, key: string): Promise<void> {
  const movement = { accountId: own.id, amount: String(units), idempotencyKey: key };
  const code = await insist((customer) => customer[field](movement));
  if (field === 'withdraw') return judge(own, units, code, () => {});
  expect(code).toBe(own.closed ? 'ACCOUNT_CLOSED' : undefined);
  if (code === undefined) own.certain += units;
}

async function send(own: Known, to: Known, units: number, key: string, sent: Sent[]): Promise<void> {
  to.possible += units; // it may arrive before we hear that it was sent
  let id = '';
  const code = await insist(async (customer) => {
    ({ id } = await customer.transfer(own.id, to.id, String(units), key));
  });
  judge(own, units, code, () => {
    own.possible += units; // it may come back
    sent.push({ id, from: own, to, amount: units });
  });
  if (code !== undefined) to.possible -= units;
}

async function close(own: Known, key: string): Promise<void> {
  const code = await insist((customer) => customer.close(own.id, key));
  if (code === undefined) {
    expect(own.closed).toBe(false);
    expect(own.certain + own.possible).toBeGreaterThanOrEqual(0);
    own.closed = true;
  } else if (!own.closed) {
    expect(code).toBe('INSUFFICIENT_FUNDS');
    expect(own.certain).toBeLessThan(0);
  } else expect(code).toBe('ACCOUNT_CLOSED');
}

/** Whether the answer to what takes money from the account is one that can be right. */
function judge(own: Known, units: number, code: unknown, accepted: () => void): void {
  if (own.closed) return void expect(code).toBe('ACCOUNT_CLOSED');
  if (code === undefined) {
    expect(own.certain + own.possible + overdraft).toBeGreaterThanOrEqual(units);
    own.certain -= units;
    accepted();
  } else {
    expect(code).toBe('INSUFFICIENT_FUNDS');
    expect(own.certain + overdraft).toBeLessThan(units);
  }
}

/** Asks one api or the other until one answers; gives the code of a refusal. */
async function insist(ask: (customer: Customer) => Promise<unknown>): Promise<unknown> {
  let attempt = 0;
  return (
    await until(async () => {
      attempt += 1;
      try {
        await ask(customerOf(attempt));
        return { code: undefined };
      } catch (error) {
        if (error instanceof Refused && error.extensions.retryable !== true) return { code: error.code };
        throw error;
      }
    })
  ).code;
}

const customerOf = (attempt: number) =>
  createCustomer(running.get(attempt % 2 === 0 ? 'api-0' : 'api-1')!.url);

test('balances are what the answers come to, whoever was killed in between', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 6, maxLength: 10 }), {
        minLength: customers,
        maxLength: customers,
      }),
      async (stories) => {
        const opened = await Promise.all(stories.map(() => openAccount()));
        const known = opened.map(({ id }): Known => ({ id, certain: 1_000, possible: 0, closed: false }));
        const sent: Sent[] = [];
        await using _watched = watchMoney(world);
        await Promise.all(
          known.map((own, index) =>
            live(
              own,
              known.filter((other) => other !== own),
              stories[index]!,
              sent,
            ),
          ),
        );
        for (const { id, from, to, amount: units } of sent) {
          const { status, reason } = await settled(customerOf(0), id);
          if (status === 'REFUNDED') expect(to.closed, String(reason)).toBe(true);
          else expect(status).toBe('COMPLETED');
          (status === 'COMPLETED' ? to : from).certain += units;
        }
        const balances = await Promise.all(
          known.map(async ({ id }) => (await customerOf(0).account(id)).balance),
        );
        expect(balances).toEqual(known.map(({ certain }) => String(certain)));
      },
    ),
    { numRuns: 4, endOnFailure: true },
  );
});

async function openAccount(): Promise<ShownAccount> {
  return customerOf(0).open({ initialDeposit: '1000', overdraftLimit: String(overdraft) });
}

/**
 * Looks again and again, in one statement, whether all that was sent has arrived, is back, or is in flight. Disposing throws
 * when that was not so once.
 */
function watchMoney({ database: { pool } }: World): AsyncDisposable {
  let over = false;
  const look = async () => {
    while (!over) {
      const { rows } = await pool.query<{ missing: string }>(`
        SELECT coalesce(sum((payload->>'amount')::numeric * CASE type
                 WHEN 'bank.transfer_sent' THEN -1
                 WHEN 'bank.transfer_received' THEN 1
                 WHEN 'bank.transfer_returned' THEN 1
                 ELSE (NOT EXISTS (SELECT FROM history ended
                                    WHERE ended.aggregate_type = 'transfer' AND ended.aggregate_id = history.aggregate_id
                                      AND ended.type <> 'bank.transfer_started'))::int END), 0) AS missing
          FROM history
         WHERE type IN ('bank.transfer_sent', 'bank.transfer_received', 'bank.transfer_returned', 'bank.transfer_started')`);
      expect(rows[0]!.missing, 'what is neither on an account nor in flight, or in two places').toBe('0');
    }
  };
  const looking = look();
  looking.catch(() => {}); // told at the end
  return {
    async [Symbol.asyncDispose]() {
      over = true;
      await looking;
    },
  };
}
