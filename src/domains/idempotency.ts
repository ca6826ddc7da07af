/** One effect and one answer for the same key: a command of any domain has it by declaring itself with `keyed`. */
import { type ZodType, z } from 'zod';
import type { Cause } from '../events/envelope.ts';
import { outboxIn } from '../outbox/joined.ts';
import { causeOf, type Outbox, type Tx } from '../outbox/transaction.ts';
import { DomainError, wrongArgument } from '../platform/errors.ts';

/** A command that works on a store, such as the outbox. */
export interface KeyedCommand<Store, Args extends object, Answer> {
  /** Keys of different operations have nothing to do with each other */
  readonly operation: string;
  /** Turns the stored JSON back into the answer; dates want `z.coerce.date()` */
  readonly answer: ZodType<Answer>;
  /** Does the work in a transaction, on a store that writes in this transaction */
  readonly within: (
    store: Store,
    cause: Cause,
    args: Args,
    work: (tx: Tx, store: Store) => Promise<Answer>,
  ) => Promise<Answer>;
  readonly run: (store: Store, cause: Cause, args: Args, now: Date) => Promise<Answer>;
}

export interface Keyed {
  /** The same key again has no second effect and gives the first answer; without one the command simply runs */
  readonly idempotencyKey?: string | null | undefined;
}

/**
 * The command with a key: it runs as it is when none is given. Throws IDEMPOTENCY_KEY_REUSED when the key came with
 * other arguments before.
 */
export function keyed<Store, Args extends object, Answer>(command: KeyedCommand<Store, Args, Answer>) {
  const { operation, answer, within, run } = command;
  return (store: Store, cause: Cause, given: Args & Keyed, now: Date): Promise<Answer> => {
    const { idempotencyKey: key, ...rest } = given;
    const args = rest as unknown as Args;
    if (key === null || key === undefined) return run(store, cause, args, now);
    return within(store, cause, args, (tx, joined) =>
      once(tx, { operation, key, arguments: args, answer }, () => run(joined, cause, args, now)),
    );
  };
}

/** `within` of commands that work on the outbox. */
export const inOutbox = <Answer>(
  outbox: Outbox,
  cause: Cause,
  _args: object,
  work: (tx: Tx, joined: Outbox) => Promise<Answer>,
): Promise<Answer> => outbox.transaction(cause, (tx) => work(tx, outboxIn(tx)));

export interface OnceRequest<Answer> {
  /** Keys of different operations, and of different actors, have nothing to do with each other */
  readonly operation: string;
  /** The caller's; without one the work simply runs */
  readonly key: string | null | undefined;
  /** What the call asks for, without the key; must survive JSON */
  readonly arguments: object;
  /** Turns the stored JSON back into the answer; dates want `z.coerce.date()` */
  readonly answer: ZodType<Answer>;
}

/**
 * Runs the work, or gives the answer that it gave under this key before. Call it first in a transaction: the key, the
 * work's effects and the answer are then committed together, and a work that throws leaves the key unused. A
 * call at the same time waits for the first one's commit. Throws IDEMPOTENCY_KEY_REUSED when the arguments differ.
 */
export async function once<Answer>(
  tx: Tx,
  request: OnceRequest<Answer>,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const { key } = request;
  if (key === null || key === undefined) return work();
  checkKey(key);
  const { actor } = causeOf(tx);
  const operation = actor === null ? request.operation : `${request.operation} by ${actor}`;
  const asked = textOf(request.arguments);

  const { stored, answer } = await claim(tx, operation, key, asked);
  if (stored !== asked) {
    throw new DomainError('IDEMPOTENCY_KEY_REUSED', 'The idempotency key was used with other arguments.');
  }
  if (answer !== null) return request.answer.parse(answer);

  const fresh = await work();
  await tx.$executeRaw`
    UPDATE idempotency_key SET answer = ${JSON.stringify(fresh)}::jsonb
     WHERE operation = ${operation} AND key = ${key}`;
  return fresh;
}

/**
 * The key's row, which is locked from here on. A null answer means that the row is this transaction's own: others
 * see a row only with its answer. DO UPDATE, not DO NOTHING, because only that gives back the row of the other.
 */
async function claim(tx: Tx, operation: string, key: string, asked: string) {
  const rows = await tx.$queryRaw<{ stored: string; answer: unknown }[]>`
    INSERT INTO idempotency_key (operation, key, arguments, answer)
    VALUES (${operation}, ${key}, ${asked}, 'null')
    ON CONFLICT (operation, key) DO UPDATE SET key = EXCLUDED.key
    RETURNING arguments AS stored, answer`;
  return rows[0]!;
}

/** The same for the same arguments; one that is null is as good as absent, so that releases can add arguments. */
function textOf(given: object): string {
  const entries = Object.entries(given).filter(([, value]) => value !== null && value !== undefined);
  return JSON.stringify(Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1))));
}

const keySchema = z
  .string()
  .min(1)
  .max(200)
  .refine((key) => key.isWellFormed() && !key.includes('\0'));

function checkKey(key: string): void {
  if (!keySchema.safeParse(key).success)
    throw wrongArgument(
      'idempotencyKey',
      'must be 1 to 200 characters of well-formed text, none of them null.',
    );
}
