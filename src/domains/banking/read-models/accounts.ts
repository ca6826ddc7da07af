/** The list of accounts. */
import {
  type AccountStatus,
  type AccountSummary,
  Prisma,
  type PrismaClient,
} from '../../../generated/prisma/client.ts';
import { wrongArgument } from '../../../platform/errors.ts';
import { checkStorable } from '../../check.ts';
import { isInstant, type Page, type Place, readCursor, toPage } from './place.ts';

export type AccountOrder = 'OWNER' | 'BALANCE_DESC' | 'BALANCE_ASC' | 'OPENED_DESC';

type Nullable<Value> = Value | null | undefined;

/** All that is given must hold. */
export interface AccountSearch {
  readonly owner?: Nullable<string>;
  readonly currency?: Nullable<string>;
  readonly status?: Nullable<AccountStatus>;
  /** Minor units, included; may be negative */
  readonly minBalance?: Nullable<string>;
  readonly maxBalance?: Nullable<string>;
  readonly orderBy: AccountOrder;
  readonly first: number;
  /** The cursor after which the page starts */
  readonly after?: Nullable<string>;
}

interface Order {
  readonly column: Prisma.Sql;
  readonly direction: 'ASC' | 'DESC';
  /** The type that the column's values are of */
  readonly type: Prisma.Sql;
  readonly valueOf: (account: AccountSummary) => string;
  readonly isValue: (value: string) => boolean;
}

/** A balance can be more than any amount, by what came back to it. */
const isBigint = (text: string) =>
  /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
const byBalance = {
  column: Prisma.sql`balance`,
  type: Prisma.sql`bigint`,
  valueOf: ({ balance }: AccountSummary) => String(balance),
  isValue: isBigint,
};

/** Those that are alike in it stand by id, in the same direction: a row comparison walks the index of the order. */
const orders: Readonly<Record<AccountOrder, Order>> = {
  OWNER: {
    column: Prisma.sql`owner`,
    direction: 'ASC',
    type: Prisma.sql`text`,
    valueOf: ({ owner }) => owner,
    isValue: () => true,
  },
  BALANCE_DESC: { ...byBalance, direction: 'DESC' },
  BALANCE_ASC: { ...byBalance, direction: 'ASC' },
  OPENED_DESC: {
    column: Prisma.sql`opened_at`,
    direction: 'DESC',
    type: Prisma.sql`timestamptz`,
    valueOf: ({ openedAt }) => openedAt.toISOString(),
    isValue: isInstant,
  },
};

/** Throws BAD_USER_INPUT for a bound that is no amount, and for an `after` of another list or order. */
export async function accounts(prisma: PrismaClient, search: AccountSearch): Promise<Page<AccountSummary>> {
  const { orderBy, first } = search;
  const order = orders[orderBy];
  const kind = `accounts ${orderBy}`;
  const after = typeof search.after === 'string' ? readCursor(search.after, kind, order.isValue) : undefined;
  const found = await prisma.$queryRaw<AccountSummary[]>(selectAccounts(search, after));
  return toPage(found, first, after, (account) => ({ kind, value: order.valueOf(account), id: account.id }));
}

/** One account more than the page, when there is one. Uses the index of the order, or of the owner. */
export function selectAccounts(search: AccountSearch, after: Place | undefined): Prisma.Sql {
  const { owner, currency, status, orderBy, first } = search;
  checkStorable('owner', owner ?? '');
  checkStorable('currency', currency ?? '');
  const { column, direction, type } = orders[orderBy];
  const [minBalance, maxBalance] = [boundOf('minBalance', search), boundOf('maxBalance', search)];
  const conditions = [
    isGiven(owner) && Prisma.sql`owner = ${owner}`,
    isGiven(currency) && Prisma.sql`currency = ${currency}`,
    isGiven(status) && Prisma.sql`status = ${status}::account_status`,
    minBalance !== undefined && Prisma.sql`balance >= ${minBalance}::text::bigint`,
    maxBalance !== undefined && Prisma.sql`balance <= ${maxBalance}::text::bigint`,
    after !== undefined &&
      Prisma.sql`(${column}, id) ${direction === 'ASC' ? Prisma.sql`>` : Prisma.sql`<`} (${after.value}::text::${type}, ${after.id})`,
  ].filter((condition) => condition !== false);
  const way = direction === 'ASC' ? Prisma.sql`ASC` : Prisma.sql`DESC`;
  return Prisma.sql`
    SELECT id, owner, currency, balance, overdraft_limit AS "overdraftLimit", status, version, opened_at AS "openedAt",
           updated_at AS "updatedAt"
      FROM account_summary
     WHERE ${conditions.length > 0 ? Prisma.join(conditions, ' AND ') : Prisma.sql`true`}
     ORDER BY ${column} ${way}, id ${way}
     LIMIT ${first + 1}::int`;
}

function boundOf(name: 'minBalance' | 'maxBalance', search: AccountSearch): string | undefined {
  const bound = search[name];
  if (!isGiven(bound)) return undefined;
  if (!isBigint(bound)) throw wrongArgument(name, `must be a whole number of minor units, such as "-1050".`);
  return bound;
}

const isGiven = <Value>(value: Nullable<Value>): value is Value => value !== null && value !== undefined;
