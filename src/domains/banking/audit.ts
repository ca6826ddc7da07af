/**
 * What must hold in the bank beyond the history of each aggregate: the read models are what the accounts come to, each
 * transfer has the events of its status, and in each currency the money that was paid in is on the accounts or in flight.
 */
import { auditOf, type Step } from '../../history/audit.ts';
import type { DomainAudit } from '../../history/audit-store.ts';
import { type AccountState, account } from './account.ts';
import { createLegs } from './audit-transfers.ts';
import type { accountEvents } from './events.ts';
import { createReadModelAudit } from './read-models/audit.ts';
import { transfer } from './transfer.ts';

type AccountStep = Step<AccountState, (typeof accountEvents)[number]>;

export interface BankAudit extends DomainAudit {
  /** No fault: how many accounts have events that the read models have yet to come to */
  behind(): number;
}

export function createBankAudit(): BankAudit {
  const readModels = createReadModelAudit();
  const legs = createLegs();
  /** By currency; minor units */
  const books = new Map<string, { paidIn: bigint; onAccounts: bigint }>();

  const enter = (step: AccountStep) => {
    const { before, after, event } = step;
    if (after.status === 'none') return;
    const book = books.get(after.currency) ?? { paidIn: 0n, onAccounts: 0n };
    books.set(after.currency, book);
    book.onAccounts += after.balance - (before.status === 'none' ? 0n : before.balance);
    book.paidIn += paidIn(event);
  };

  return {
    aggregates: [
      auditOf({
        aggregate: account,
        async check(client, steps) {
          for (const step of steps) enter(step);
          await legs.ofAccounts(client, steps);
          return readModels.check(client, steps);
        },
      }),
      auditOf({
        aggregate: transfer,
        async check(client, steps) {
          await legs.ofTransfers(client, steps);
          return [];
        },
      }),
    ],
    tables: readModels.tables,
    begin: legs.begin,
    async *finish(client) {
      yield* readModels.finish(client);
      yield* legs.findMisfits(client);
      const inFlight = await legs.sumInFlight(client);
      for (const [currency, { paidIn, onAccounts }] of [...books].sort()) {
        const flying = inFlight.get(currency) ?? 0n;
        if (paidIn === onAccounts + flying) continue;
        const says = `${paidIn} ${currency} were paid in; ${onAccounts} are on accounts and ${flying} in flight`;
        yield { check: 'money', aggregateType: 'account', aggregateId: null, version: null, says };
      }
    },
    behind: readModels.behind,
  };
}

/** What came into the bank by it, or with a minus what left the bank. */
function paidIn(event: AccountStep['event']): bigint {
  if (event.type === 'bank.account_opened') return BigInt(event.payload.initialDeposit);
  if (event.type === 'bank.money_deposited') return BigInt(event.payload.amount);
  if (event.type === 'bank.money_withdrawn') return -BigInt(event.payload.amount);
  return 0n;
}
