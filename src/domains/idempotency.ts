/** One effect and one answer for the same key: any command of any domain can run inside `once`. */
import { type ZodType, z } from 'zod';
import { causeOf, type Tx } from '../outbox/transaction.ts';
import { badUserInput, DomainError } from '../platform/errors.ts';

export interface OnceRequest<Answer> {
  /** Keys of different operations, and of different actors, have nothing to do with each other */
  readonly operation: string;
  /** The caller's; without one the work simply runs */
  readonly key: string | null | undefined;
  /** What the call asks for, without the key; must survive JSON */
  readonly arguments: Readonly<Record<string, string | number | boolean | null | undefined>>;
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
function textOf(given: OnceRequest<unknown>['arguments']): string {
  const names = Object.keys(given).filter((name) => given[name] !== null);
  return JSON.stringify(given, names.sort());
}

const keySchema = z
  .string()
  .min(1)
  .max(200)
  .refine((key) => key.isWellFormed() && !key.includes('\0'));

function checkKey(key: string): void {
  if (!keySchema.safeParse(key).success)
    throw badUserInput('idempotencyKey must be 1 to 200 characters of well-formed text, none of them null.');
}
