/** Accounts and transfers as they are, and as they were. What does not exist is null, whatever its id looks like. */
import type { LogEvent } from '../../events/envelope.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { History } from '../../history/history.ts';
import type { HistoryEvent } from '../../history/rows.ts';
import { badUserInput, notFound, wrongArgument } from '../../platform/errors.ts';
import { isUuid } from '../check.ts';
import { account as accountAggregate } from './account.ts';
import { accountOpened } from './events.ts';
import { transfer as transferAggregate } from './transfer.ts';
import { type AccountView, showAccount, showTransfer, type TransferView } from './views.ts';

export interface AccountMoment {
  readonly at?: Date | null | undefined;
  readonly version?: number | null | undefined;
}

/**
 * The account now, at an instant, or after a version. null before it was opened, and for a version that it has not
 * reached; an instant that is still to come is now. Throws BAD_USER_INPUT.
 */
export async function account(
  history: History,
  id: string,
  { at, version }: AccountMoment = {},
): Promise<AccountView | null> {
  if (at && typeof version === 'number') throw badUserInput('Give at or version, not both.');
  if (typeof version === 'number' && version < 1)
    throw wrongArgument('version', 'must be at least 1: that is the account as it was opened.');
  if (!isUuid(id)) return null;
  const found = await history.load(accountAggregate, id, {
    at: at ?? undefined,
    version: version ?? undefined,
  });
  if (typeof version === 'number' && found.version < version) return null;
  return showAccount(id, found);
}

export async function transfer(history: History, id: string): Promise<TransferView | null> {
  return isUuid(id) ? showTransfer(id, await history.load(transferAggregate, id)) : null;
}

/** The first or the last of the events between two versions, both excluded. */
export interface AccountHistoryRequest {
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  readonly from: 'first' | 'last';
  readonly count: number;
}

export interface AccountHistory {
  /** By version; the position is 0 when retention has dropped the event from the log */
  readonly events: readonly LogEvent[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** Who did what when, for ever. Throws NOT_FOUND. */
export async function accountHistory(
  history: History,
  id: string,
  request: AccountHistoryRequest,
): Promise<AccountHistory> {
  if (!isUuid(id)) throw notFound('account', id);
  const { events, ...page } = await history.page(accountAggregate, id, request);
  if (events.length === 0 && !page.hasNextPage && !page.hasPreviousPage) throw notFound('account', id);
  const positions = await positionsOf(history, events);
  return { events: events.map((event) => inLog(event, positions.get(event.id) ?? 0)), ...page };
}

/** Uses outbox_id. */
async function positionsOf(
  { outbox }: History,
  events: readonly HistoryEvent[],
): Promise<ReadonlyMap<string, number>> {
  const ids = events.map((event) => event.id);
  const rows = await outbox.read<{ id: string; position: number }>({
    name: 'positions',
    query: Prisma.sql`SELECT id, position FROM outbox WHERE id = ANY (${ids}::uuid[])`,
  });
  return new Map(rows.map(({ id, position }) => [id, position]));
}

const { topic } = accountOpened;

/** The event as the log has it, but for what only matters to consumers. */
const inLog = ({ version, occurredAt, ...event }: HistoryEvent, position: number): LogEvent => ({
  ...event,
  ...{ topic, aggregateVersion: version, occurredAt: occurredAt.toISOString() },
  ...{ depth: 0, keys: [], position },
});
