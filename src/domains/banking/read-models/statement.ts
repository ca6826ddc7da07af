/** What moved on an account in a month. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  type AccountMovement,
  type AccountSummary,
  Prisma,
  type PrismaClient,
} from '../../../generated/prisma/client.ts';
import { DomainError, notFound, wrongArgument } from '../../../platform/errors.ts';
import { checkStorable } from '../../check.ts';
import { account as accountAggregate } from '../account.ts';
import { isInstant, type Page, type Place, readCursor, toPage } from './place.ts';

export interface Statement {
  readonly account: AccountSummary;
  readonly month: string;
  readonly opening: bigint;
  readonly closing: bigint;
  readonly totalIn: bigint;
  readonly totalOut: bigint;
  readonly movements: Page<AccountMovement>;
}

export interface StatementRequest {
  readonly id: string;
  /** Such as 2026-11, in UTC */
  readonly month: string;
  /** Movements */
  readonly first: number;
  readonly after?: string | null | undefined;
}

/** The instants that a month begins and ends with; the end is not in it. */
export interface Month {
  readonly from: Date;
  readonly to: Date;
}

/** As text: the totals may be more than a bigint of Postgres. */
type Figures = Readonly<Record<'opening' | 'closing' | 'totalIn' | 'totalOut', string>>;

/**
 * Of what is committed when it is asked for, unless the read model is behind for long: then as far as that has come, which
 * the account's version tells. Throws NOT_FOUND; UNAVAILABLE, retryable, for an account that the read model has not come to;
 * and BAD_USER_INPUT for what is no month and for an `after` of another statement.
 */
export async function accountStatement(prisma: PrismaClient, request: StatementRequest): Promise<Statement> {
  const { id, month, first } = request;
  checkStorable('id', id);
  const period = readMonth(month);
  const kind = `movements ${id} ${month}`;
  const after = typeof request.after === 'string' ? readCursor(request.after, kind, isInstant) : undefined;
  if (after && !/^\d{1,9}$/.test(after.id)) throw wrongArgument('after', 'is not a cursor of this list.');
  const committed = await untilCurrent(prisma, id);
  // of one moment: the figures fit the movements
  const [account, [figures], found] = await prisma.$transaction(
    [
      prisma.accountSummary.findUnique({ where: { id } }),
      prisma.$queryRaw<Figures[]>(selectFigures(id, period)),
      prisma.$queryRaw<AccountMovement[]>(selectMovements(id, period, first, after)),
    ],
    { isolationLevel: 'RepeatableRead' },
  );
  if (!account) throw committed === 0 ? notFound('account', id) : notYet(id);
  const placeOf = ({ at, version }: AccountMovement) => ({
    kind,
    value: at.toISOString(),
    id: String(version),
  });
  const { opening, closing, totalIn, totalOut } = figures!;
  return {
    ...{ account, month, movements: toPage(found, first, after, placeOf) },
    ...{ opening: BigInt(opening), closing: BigInt(closing) },
    ...{ totalIn: BigInt(totalIn), totalOut: BigInt(totalOut) },
  };
}

const patienceMs = 2_000;
const longestPauseMs = 200;

/** Waits a while for the read model to come to the account's newest version, and gives that; 0 when there is none. */
async function untilCurrent(prisma: PrismaClient, id: string): Promise<number> {
  const deadline = performance.now() + patienceMs;
  const committed = await newestVersion(prisma, id);
  const isCurrent = async () => {
    // not findUnique, which is put together with those of other requests
    const known = await prisma.accountSummary.findFirst({ where: { id }, select: { version: true } });
    return (known?.version ?? 0) >= committed;
  };
  for (let pauseMs = 20; !(await isCurrent()) && performance.now() < deadline; pauseMs *= 2)
    await delay(Math.min(pauseMs, longestPauseMs));
  return committed;
}

/** Uses the history's primary key. */
async function newestVersion(prisma: PrismaClient, id: string): Promise<number> {
  const [row] = await prisma.$queryRaw<{ version: number }[]>`
    SELECT coalesce(max(version), 0) AS version FROM history
     WHERE aggregate_type = ${accountAggregate.type} AND aggregate_id = ${id}`;
  return row!.version;
}

const notYet = (id: string) =>
  new DomainError('UNAVAILABLE', `The statement of account "${id}" is still being drawn up. Try again.`, {
    retryable: true,
  });

/** Throws BAD_USER_INPUT unless it is the year and month of a calendar. */
export function readMonth(month: string): Month {
  const isMonth = /^[12]\d{3}-(0[1-9]|1[0-2])$/.test(month);
  if (!isMonth) throw wrongArgument('month', 'must be a year before 3000 and a month, such as "2026-11".');
  const from = new Date(`${month}-01T00:00:00.000Z`);
  const to = new Date(from);
  to.setUTCMonth(from.getUTCMonth() + 1);
  return { from, to };
}

/** Uses account_movement_account_id_at_version_idx: its ends for the balances, and the month for the totals. */
export const selectFigures = (id: string, { from, to }: Month): Prisma.Sql => Prisma.sql`
  SELECT coalesce((${balanceBefore(id, from)}), 0)::text AS opening,
         coalesce((${balanceBefore(id, to)}), 0)::text AS closing,
         coalesce(sum(amount) FILTER (WHERE amount > 0), 0)::text AS "totalIn",
         coalesce(-sum(amount) FILTER (WHERE amount < 0), 0)::text AS "totalOut"
    FROM account_movement
   WHERE account_id = ${id} AND at >= ${from}::timestamptz AND at < ${to}::timestamptz`;

const balanceBefore = (id: string, instant: Date) => Prisma.sql`
  SELECT balance FROM account_movement
   WHERE account_id = ${id} AND at < ${instant}::timestamptz
   ORDER BY at DESC, version DESC
   LIMIT 1`;

/** One movement more than the page, when there is one. Uses account_movement_account_id_at_version_idx. */
export const selectMovements = (
  id: string,
  { from, to }: Month,
  first: number,
  after: Place | undefined,
): Prisma.Sql => Prisma.sql`
  SELECT account_id AS "accountId", version, at, kind, amount, balance, description, transfer_id AS "transferId",
         counterparty_id AS "counterpartyId"
    FROM account_movement
   WHERE account_id = ${id} AND at >= ${from}::timestamptz AND at < ${to}::timestamptz
     ${after ? Prisma.sql`AND (at, version) > (${after.value}::timestamptz, ${after.id}::text::int)` : Prisma.empty}
   ORDER BY at, version
   LIMIT ${first + 1}::int`;
