import type { Reaction } from '../reaction.ts';
import { accounts } from './accounts.ts';

/** What reacts to the bank: its read models. */
export function bankingReactions(): readonly Reaction[] {
  return [accounts];
}
