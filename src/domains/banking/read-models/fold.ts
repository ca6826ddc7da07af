/** What events of accounts come to in the read models. Pure, by the rules of the account itself. */
import type { EventOf } from '../../../events/define-event.ts';
import type { AccountMovement, AccountSummary, MovementKind } from '../../../generated/prisma/client.ts';
import type { PastEvent } from '../../../history/aggregate.ts';
import { type AccountState, evolve } from '../account.ts';
import type { accountEvents } from '../events.ts';

type AccountDefinition = (typeof accountEvents)[number];
export type AccountEvent = EventOf<AccountDefinition>;

export interface Folded {
  /** Each account that has changed, once, as it is after the events */
  readonly summaries: readonly AccountSummary[];
  readonly movements: readonly AccountMovement[];
}

/** Events of an account between two versions, both excluded. */
export interface Gap {
  readonly id: string;
  readonly after: number;
  readonly before: number;
}

/**
 * What came before these events and is not in what is known: the log no longer held it when it was read first, or holds it
 * at a later place, where it was published again after it had been parked.
 */
export function gapsBefore(
  known: readonly AccountSummary[],
  events: readonly AccountEvent[],
): readonly Gap[] {
  const reached = new Map(known.map(({ id, version }) => [id, version]));
  const gaps: Gap[] = [];
  for (const { aggregateId: id, aggregateVersion: version } of events) {
    const after = reached.get(id) ?? 0;
    if (version > after + 1) gaps.push({ id, after, before: version });
    reached.set(id, Math.max(after, version));
  }
  return gaps;
}

/**
 * Gives what is to be written after these events, which are in order for each account; `known` are the accounts as they
 * are written. An event that is in there already changes nothing. Throws when one in between is missing.
 */
export function fold(known: readonly AccountSummary[], events: readonly AccountEvent[]): Folded {
  const accounts = new Map(known.map((each) => [each.id, each]));
  const changed = new Set<string>();
  const movements: AccountMovement[] = [];
  for (const event of events) {
    const { aggregateId: id, aggregateVersion: version } = event;
    const before = accounts.get(id);
    const reached = before?.version ?? 0;
    if (version <= reached) continue;
    if (version > reached + 1) {
      throw new Error(
        `account "${id}" is at version ${reached} here, ${version} comes next, and the history has nothing in between`,
      );
    }
    const occurredAt = new Date(event.occurredAt);
    const past = {
      type: event.type,
      version,
      occurredAt,
      payload: event.payload,
    } as PastEvent<AccountDefinition>;
    const after = toSummary(id, evolve(stateOf(before), past), version, occurredAt);
    accounts.set(id, after);
    changed.add(id);
    const amount = after.balance - (before?.balance ?? 0n);
    if (amount !== 0n) {
      const { balance } = after;
      movements.push({ accountId: id, version, at: occurredAt, amount, balance, ...reasonOf(event) });
    }
  }
  return { summaries: [...changed].sort().map((id) => accounts.get(id)!), movements };
}

function stateOf(row: AccountSummary | undefined): AccountState {
  if (!row) return { status: 'none' };
  const { owner, currency, balance, overdraftLimit, openedAt } = row;
  const status = row.status === 'OPEN' ? 'open' : 'closed';
  return { status, owner, currency, balance, overdraftLimit, openedAt };
}

/** The row of an account that is in this state. Throws for one that was never opened. */
export function toSummary(id: string, state: AccountState, version: number, updatedAt: Date): AccountSummary {
  if (state.status === 'none') throw new Error(`the first event of account "${id}" does not open it`);
  const status = state.status === 'open' ? 'OPEN' : 'CLOSED';
  return { id, ...state, status, version, updatedAt };
}

type Reason = Pick<AccountMovement, 'kind' | 'description' | 'transferId' | 'counterpartyId'>;

function reasonOf(event: AccountEvent): Reason {
  const nothing = { description: null, transferId: null, counterpartyId: null };
  const ofTransfer = (kind: MovementKind, transferId: string, counterpartyId: string) => ({
    ...nothing,
    ...{ kind, transferId, counterpartyId },
  });
  switch (event.type) {
    case 'bank.account_opened':
      return { ...nothing, kind: 'OPENED' };
    case 'bank.account_closed':
      throw new Error('closing an account moves nothing');
    case 'bank.money_deposited':
      return { ...nothing, kind: 'DEPOSITED', description: event.payload.description };
    case 'bank.money_withdrawn':
      return { ...nothing, kind: 'WITHDRAWN', description: event.payload.description };
    case 'bank.transfer_sent':
      return ofTransfer('TRANSFER_SENT', event.payload.transferId, event.payload.toAccountId);
    case 'bank.transfer_received':
      return ofTransfer('TRANSFER_RECEIVED', event.payload.transferId, event.payload.fromAccountId);
    case 'bank.transfer_returned':
      return ofTransfer('TRANSFER_RETURNED', event.payload.transferId, event.payload.toAccountId);
    default:
      return event satisfies never;
  }
}
