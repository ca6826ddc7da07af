/**
 * Amounts of money: whole minor units, as bigint in code, and as decimal text in events, in the database and on the wire.
 * Never a number: it would lose precision.
 */
import { wrongArgument } from '../../platform/errors.ts';

/** Of an amount, a limit, and a balance on either side of zero: what fits in a bigint of Postgres with room for a sum. */
export const maxMoney = 999_999_999_999_999_999n;

/** The amount of a movement. Throws BAD_USER_INPUT unless it is from 1 to `maxMoney`, written plainly. */
export function readAmount(name: string, text: string): bigint {
  const amount = readAmountOrNone(name, text);
  if (amount === 0n) throw wrongArgument(name, `must be at least 1 minor unit.`);
  return amount;
}

/** The same for what may be 0. */
export function readAmountOrNone(name: string, text: string): bigint {
  if (!/^(0|[1-9]\d*)$/.test(text)) {
    throw wrongArgument(
      name,
      `must be a whole number of minor units in plain digits: "1050" for 10.50 in a currency with cents.`,
    );
  }
  // the length first: making a number of a very long text takes long
  if (text.length > 18) throw wrongArgument(name, `must not be more than ${maxMoney} minor units.`);
  return BigInt(text);
}

/** Whether a balance can be kept. */
export const isKeepable = (balance: bigint): boolean => balance <= maxMoney && balance >= -maxMoney;
