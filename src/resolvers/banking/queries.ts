import * as banking from '../../domains/banking/queries.ts';
import type { QueryResolvers } from '../../schema/generated.ts';
import { accountHistory } from './account-history.ts';

export const queries: QueryResolvers = {
  account: (_parent, { id, ...moment }, { services }) => banking.account(services.history, id, moment),
  accountHistory: (_parent, args, context) => accountHistory(args, context),
  transfer: (_parent, { id }, { services }) => banking.transfer(services.history, id),
};
