/** The demo of the bank, on a stack that runs: customers at work, a worker that dies, and then the reckoning. */
import { createBankAudit } from '../../src/domains/banking/audit.ts';
import { auditStore } from '../../src/history/audit-store.ts';
import { type ApiClient, ApiRefusal, createApiClient } from '../api-client.ts';
import { drain, settle } from '../drain.ts';
import type { Options } from '../options.ts';
import type { Screen } from '../screen.ts';
import type { Stack } from '../stack.ts';
import { openSocket } from '../subscriptions.ts';
import { readRecorded } from '../truth.ts';
import { judge } from '../verdict.ts';
import { type Business, doBusiness } from './customers.ts';
import { type BankSummary, inEuros, isSound } from './summary.ts';

export interface BankRun {
  readonly options: Options;
  readonly stack: Stack;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

const customers = 24;
const opening = 100_000; // minor units

/** Throws when the API refuses what it must not, when a service stands still, and what aborted `signal`. */
export async function runBank({ options, stack, screen, signal }: BankRun): Promise<BankSummary> {
  const { pool } = stack.database;
  await using cleanup = new AsyncDisposableStack();
  const api = cleanup.adopt(createApiClient(stack.url), (client) => client.close());
  const { head: after } = await api.call<{ head: string }>('{ head }');
  const socket = cleanup.adopt(openSocket(stack.url), (opened) => opened.close());
  const query = 'subscription ($after: Cursor) { events(types: ["bank.*"], after: $after) { id cursor } }';
  const { arrivals } = socket.subscribe({ query, after });

  const accounts = await screen.phase(`${customers} customers open an account with ${inEuros(opening)}`, () =>
    openAccounts(api),
  );
  const { limit = 0, seed } = options;
  let past: Past | undefined;
  const business = await screen.phase(
    `${limit.toLocaleString('en')} deposits, withdrawals and transfers`,
    () =>
      doBusiness({
        ...{ api, accounts, commands: limit, seed, signal },
        onFinished(done) {
          screen.status(`  ${done} of ${limit} · ${arrivals.length} events delivered`);
          if (done !== Math.ceil(limit / 2)) return;
          past = { account: accounts[0]!, seen: lookAt(api, accounts[0]!) };
          past.seen.catch(() => {}); // told when it is waited for
          void stack.killWorker();
          screen.line('  The worker was killed (kill -9) in the middle; another one starts.');
        },
      }),
  );
  await screen.phase('Every transfer has come to its end', () => drain({ pool, signal }));

  const timeTravel = await travel(api, past!);
  screen.line(
    `  The balance then, asked for now: ${inEuros(timeTravel.past)}. Today it is ${inEuros(timeTravel.now)}.`,
  );
  const conflict = await provoke(api, accounts[0]!);
  screen.line(`  Two at once on one version: one was done, the other heard: ${conflict ?? 'nothing!'}`);
  const findings = await screen.phase('Audit of the whole store', () => audit(pool));
  for (const finding of findings.slice(0, 10)) screen.line(`  ${finding}`);

  return await screen.phase('Compared what arrived with what was committed', async () => {
    await drain({ pool, signal });
    const recorded = (await readRecorded(pool)).filter(({ type }) => type.startsWith('bank.'));
    await settle(
      () => arrivals.length >= recorded.length,
      () => arrivals.length,
      signal,
    );
    const expected = BigInt(opening * customers) + business.paidIn + conflictDeposit;
    const found = {
      ...told(business),
      accounts: customers,
      recorded: recorded.length,
      ...judge(recorded, arrivals),
      paidIn: String(expected),
      onAccounts: String(await sumOfBalances(api)),
      pastIsAsItWas: timeTravel.isAsItWas,
      conflictDetected: conflict !== undefined,
      findings: findings.length,
    };
    return { ...found, ok: isSound(found) };
  });
}

const told = ({ deposits, withdrawals, transfers, refused }: Business) => ({
  ...{ deposits, withdrawals, transfers, refused },
});

function openAccounts(api: ApiClient): Promise<readonly string[]> {
  const mutation = `mutation ($owner: String!, $amount: Money!) {
    openAccount(owner: $owner, initialDeposit: $amount, overdraftLimit: "20000") { id } }`;
  return Promise.all(
    Array.from({ length: customers }, async (_, index) => {
      const variables = { owner: `customer-${index}`, amount: String(opening) };
      const { openAccount } = await api.call<{ openAccount: { id: string } }>(mutation, variables);
      return openAccount.id;
    }),
  );
}

interface Past {
  readonly account: string;
  readonly seen: Promise<Account>;
}

interface Account {
  readonly version: number;
  readonly balance: string;
  readonly updatedAt: string;
}

const fields = '{ version balance updatedAt }';

async function lookAt(api: ApiClient, id: string, moment = ''): Promise<Account> {
  const { account } = await api.call<{ account: Account }>(`{ account(id: "${id}"${moment}) ${fields} }`);
  return account;
}

/** What the account was when it was looked at, by version and by instant, and what it is now. */
async function travel(api: ApiClient, { account, seen }: Past) {
  const before = await seen;
  const byVersion = await lookAt(api, account, `, version: ${before.version}`);
  const byInstant = await lookAt(api, account, `, at: "${before.updatedAt}"`);
  // what occurred within the same millisecond belongs to that instant too
  const isLater = byInstant.version > before.version;
  const isAsItWas =
    byVersion.balance === before.balance &&
    (isLater || (byInstant.version === before.version && byInstant.balance === before.balance));
  return { isAsItWas, past: byVersion.balance, now: (await lookAt(api, account)).balance };
}

const conflictDeposit = 100n;

/** Two deposits that both expect the version of now; gives what the one that came second was told. */
async function provoke(api: ApiClient, id: string): Promise<string | undefined> {
  const { version } = await lookAt(api, id);
  const deposit = `mutation { deposit(accountId: "${id}", amount: "${conflictDeposit}", expectedVersion: ${version}) { version } }`;
  const outcomes = await Promise.allSettled([api.call(deposit), api.call(deposit)]);
  const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  const [refusal] = refusals;
  if (refusals.length !== 1 || !(refusal instanceof ApiRefusal) || refusal.code !== 'VERSION_CONFLICT')
    return undefined;
  return refusal.message;
}

async function audit(pool: Parameters<typeof auditStore>[0]): Promise<readonly string[]> {
  const findings: string[] = [];
  for await (const { check, aggregateId, says } of auditStore(pool, [createBankAudit()]))
    findings.push(`${check}: ${aggregateId ?? 'all'} - ${says}`);
  return findings;
}

async function sumOfBalances(api: ApiClient): Promise<bigint> {
  const query = `{ accounts(first: ${customers}) { edges { node { balance } } } }`;
  const { accounts } = await api.call<{ accounts: { edges: { node: { balance: string } }[] } }>(query);
  return accounts.edges.reduce((sum, { node }) => sum + BigInt(node.balance), 0n);
}
