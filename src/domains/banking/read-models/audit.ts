/** Whether the list of accounts and their movements are what the events lead to, as far as the processor has come. */
import type { ClientBase } from 'pg';
import type { Finding, Step } from '../../../history/audit.ts';
import type { AccountState } from '../account.ts';
import type { accountEvents } from '../events.ts';

type AccountStep = Step<AccountState, (typeof accountEvents)[number]>;

interface Summary {
  readonly id: string;
  readonly owner: string;
  readonly currency: string;
  readonly balance: string;
  readonly overdraftLimit: string;
  readonly status: string;
  readonly version: number;
}

interface Movement {
  readonly accountId: string;
  readonly version: number;
  readonly amount: string;
  readonly balance: string;
}

const finding = (check: string, aggregateId: string, version: number, says: string): Finding => ({
  ...{ check, aggregateType: 'account', aggregateId, version, says },
});

export function createReadModelAudit() {
  let behind = 0;
  return {
    tables: ['account_summary', 'account_movement'],
    /** Accounts with events that the processor has not come to yet. */
    behind: () => behind,
    async check(client: ClientBase, steps: readonly AccountStep[]): Promise<readonly Finding[]> {
      const checkpoint = await readCheckpoint(client);
      const summaries = await readSummaries(client, steps);
      const movements = await readMovements(client, steps);
      return steps.flatMap((step) => {
        const { id, position, event } = step;
        const summary = summaries.get(id);
        const reached = summary?.version ?? 0;
        const isHandled = checkpoint !== undefined && (position === null || position <= checkpoint);
        const found: Finding[] = [];
        if (event.version === reached + 1) {
          if (!isHandled) behind += 1;
          else
            found.push(finding('account list', id, event.version, 'the list of accounts does not know it'));
        }
        if (event.version === reached && !isSummaryOf(step, summary!)) {
          found.push(
            finding(
              'account list',
              id,
              reached,
              `the list of accounts has ${told(summary!)}; its events lead to ${toldOf(step)}`,
            ),
          );
        }
        const moved =
          event.version <= reached || isHandled
            ? compare(step, movements.get(keyOf(id, event.version)))
            : undefined;
        if (moved) found.push(finding('movements', id, event.version, moved));
        return found;
      });
    },
    finish: findStrays,
  };
}

const keyOf = (id: string, version: number) => `${version} ${id}`;

function isSummaryOf({ after }: AccountStep, summary: Summary): boolean {
  return (
    after.status !== 'none' &&
    summary.status === after.status.toUpperCase() &&
    summary.owner === after.owner &&
    summary.currency === after.currency &&
    summary.balance === String(after.balance) &&
    summary.overdraftLimit === String(after.overdraftLimit)
  );
}

/** Amounts and states, never who it is. */
const told = ({ status, balance, currency }: Summary) => `${balance} ${currency}, ${status}`;
const toldOf = ({ after }: AccountStep) =>
  after.status === 'none' ? 'none' : `${after.balance} ${after.currency}, ${after.status.toUpperCase()}`;

/** What is wrong with the movement of an event; undefined when nothing is. */
function compare({ before, after }: AccountStep, movement: Movement | undefined): string | undefined {
  const balanceOf = (state: AccountState) => (state.status === 'none' ? 0n : state.balance);
  const amount = balanceOf(after) - balanceOf(before);
  if (amount === 0n) return movement && `there is a movement of ${movement.amount}, and nothing moved`;
  if (!movement) return `its movement of ${amount} is missing`;
  if (movement.amount === String(amount) && movement.balance === String(balanceOf(after))) return undefined;
  return `its movement is ${movement.amount} to ${movement.balance}; it was ${amount} to ${balanceOf(after)}`;
}

/** Up to where every slot of the processor has come; undefined when it has never run. */
async function readCheckpoint(client: ClientBase): Promise<number | undefined> {
  const { rows } = await client.query<{ position: number | null }>(
    "SELECT min(position) AS position FROM processor_checkpoint WHERE processor = 'accounts'",
  );
  return rows[0]!.position ?? undefined;
}

async function readSummaries(
  client: ClientBase,
  steps: readonly AccountStep[],
): Promise<ReadonlyMap<string, Summary>> {
  const { rows } = await client.query<Summary>({
    name: 'audit summaries',
    text: `SELECT id, owner, currency, balance::text, overdraft_limit::text AS "overdraftLimit", status::text, version
             FROM account_summary WHERE id = ANY ($1)`,
    values: [[...new Set(steps.map(({ id }) => id))]],
  });
  return new Map(rows.map((row) => [row.id, row]));
}

async function readMovements(
  client: ClientBase,
  steps: readonly AccountStep[],
): Promise<ReadonlyMap<string, Movement>> {
  const { rows } = await client.query<Movement>({
    name: 'audit movements',
    text: `SELECT account_id AS "accountId", version, amount::text, balance::text
             FROM unnest($1::text[], $2::int[]) AS step (account_id, version)
             JOIN account_movement USING (account_id, version)`,
    values: [steps.map(({ id }) => id), steps.map(({ event }) => event.version)],
  });
  return new Map(rows.map((row) => [keyOf(row.accountId, row.version), row]));
}

/** Rows of the read models of which no event tells. */
async function* findStrays(client: ClientBase): AsyncGenerator<Finding> {
  for (const [check, says, stray] of [
    [
      'account list',
      'the list of accounts has it at this version, and there is no such event',
      'id, version FROM account_summary',
    ],
    ['movements', 'there is a movement, and no such event', 'account_id, version FROM account_movement'],
  ] as const) {
    for (let after = { id: '', version: 0 }; ; ) {
      const { rows } = await client.query<typeof after>(
        `SELECT * FROM (SELECT ${stray}) AS stray (id, version)
          WHERE (id, version) > ($1, $2)
            AND NOT EXISTS (SELECT FROM history
                             WHERE aggregate_type = 'account' AND aggregate_id = stray.id AND history.version = stray.version)
          ORDER BY id, version LIMIT $3`,
        [after.id, after.version, pageSize],
      );
      for (const { id, version } of rows) yield finding(check, id, version, says);
      if (rows.length < pageSize) break;
      after = rows.at(-1)!;
    }
  }
}

const pageSize = 1_000;
