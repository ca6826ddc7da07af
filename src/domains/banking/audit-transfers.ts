/** Whether both sides of each transfer, and the accounts it is between, tell the same of it. */
import type { ClientBase } from 'pg';
import type { Finding, Step } from '../../history/audit.ts';
import type { AccountState } from './account.ts';
import type { accountEvents, transferEvents } from './events.ts';
import type { TransferState } from './transfer.ts';

type AccountStep = Step<AccountState, (typeof accountEvents)[number]>;
type TransferStep = Step<TransferState, (typeof transferEvents)[number]>;

/** One event of a transfer, of whichever aggregate. What it does not tell is null. */
interface Leg {
  readonly transferId: string;
  readonly kind: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
}

/** The legs are collected in a table of the session: there may be more than fit in memory. */
export function createLegs() {
  const add = async (client: ClientBase, legs: readonly Leg[]) => {
    if (legs.length === 0) return;
    await client.query({
      name: 'audit legs',
      text: `INSERT INTO audit_leg SELECT * FROM jsonb_to_recordset($1)
               AS leg ("transferId" text, kind text, "from" text, "to" text, amount numeric, currency text)`,
      values: [JSON.stringify(legs)],
    });
  };
  return {
    begin: async (client: ClientBase) => {
      await client.query(
        `CREATE TEMP TABLE audit_leg
           (transfer_id text, kind text, from_account text, to_account text, amount numeric, currency text)`,
      );
    },
    ofAccounts: (client: ClientBase, steps: readonly AccountStep[]) => add(client, steps.flatMap(accountLeg)),
    ofTransfers: (client: ClientBase, steps: readonly TransferStep[]) => add(client, steps.map(transferLeg)),
    findMisfits,
    sumInFlight,
  };
}

function accountLeg({ id, event }: AccountStep): readonly Leg[] {
  switch (event.type) {
    case 'bank.transfer_sent':
    case 'bank.transfer_returned': {
      const { transferId, toAccountId: to, amount, currency } = event.payload;
      const kind = event.type === 'bank.transfer_sent' ? 'sent' : 'returned';
      return [{ transferId, kind, from: id, to, amount, currency }];
    }
    case 'bank.transfer_received': {
      const { transferId, fromAccountId: from, amount, currency } = event.payload;
      return [{ transferId, kind: 'received', from, to: id, amount, currency }];
    }
    default:
      return [];
  }
}

function transferLeg({ id: transferId, event }: TransferStep): Leg {
  const kind = event.type.replace('bank.transfer_', '');
  if (event.type !== 'bank.transfer_started') {
    return { transferId, kind, from: null, to: null, amount: null, currency: null };
  }
  const { fromAccountId: from, toAccountId: to, amount, currency } = event.payload;
  return { transferId, kind, from, to, amount, currency };
}

/** What the events of a transfer are, in the order of their names: in flight, arrived, returned, and for a person to see to. */
const whole = [
  'sent, started',
  'completed, received, sent, started',
  'refunded, returned, sent, started',
  'failed, sent, started',
];

async function* findMisfits(client: ClientBase): AsyncGenerator<Finding> {
  for (let after = ''; ; ) {
    const { rows } = await client.query<{ id: string; kinds: string; isWhole: boolean }>(
      `SELECT * FROM (
         SELECT transfer_id AS id, string_agg(kind, ', ' ORDER BY kind) AS kinds,
                string_agg(kind, ', ' ORDER BY kind) = ANY ($2) AS "isWhole",
                count(DISTINCT (from_account, to_account, amount, currency)) FILTER (WHERE amount IS NOT NULL) = 1 AS "isOne"
           FROM audit_leg WHERE transfer_id > $1 GROUP BY transfer_id) AS transfer
        WHERE NOT ("isWhole" AND "isOne")
        ORDER BY id LIMIT $3`,
      [after, whole, pageSize],
    );
    for (const { id, kinds, isWhole } of rows) {
      const says = isWhole
        ? 'its events tell of different money, or of different accounts'
        : `its events do not make a transfer: ${kinds}`;
      yield { check: 'transfer', aggregateType: 'transfer', aggregateId: id, version: null, says };
    }
    if (rows.length < pageSize) return;
    after = rows.at(-1)!.id;
  }
}

const pageSize = 1_000;

/** By currency, what has been sent and is neither received nor returned by its transfer's own account. */
async function sumInFlight(client: ClientBase): Promise<ReadonlyMap<string, bigint>> {
  const { rows } = await client.query<{ currency: string; sum: string }>(
    `SELECT currency, sum(amount)::text AS sum
       FROM audit_leg AS started
      WHERE kind = 'started'
        AND NOT EXISTS (SELECT FROM audit_leg AS ended
                         WHERE ended.transfer_id = started.transfer_id AND ended.kind IN ('completed', 'refunded'))
      GROUP BY currency`,
  );
  return new Map(rows.map(({ currency, sum }) => [currency, BigInt(sum)]));
}
