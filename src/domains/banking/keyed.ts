/** How commands with an idempotency key get their transaction. */
import type { Cause } from '../../events/envelope.ts';
import type { History } from '../../history/history.ts';
import { historyIn } from '../../history/joined.ts';
import type { Tx } from '../../outbox/transaction.ts';
import { account } from './account.ts';

type Work<Answer> = (tx: Tx, joined: History) => Promise<Answer>;

/** `within` of a command on an account that is there: in its turn, so that those who wait for it hold no connection. */
export const inTurnOf =
  <Args>(accountIdOf: (args: Args) => string) =>
  <Answer>(history: History, cause: Cause, args: Args, work: Work<Answer>): Promise<Answer> =>
    history.inTurn(account, accountIdOf(args), () => inHistory(history, cause, args, work));

/** `within` of a command that nobody else can wait for. */
export const inHistory = <Answer>(
  { outbox }: History,
  cause: Cause,
  _args: unknown,
  work: Work<Answer>,
): Promise<Answer> => outbox.transaction(cause, (tx) => work(tx, historyIn(tx)));
