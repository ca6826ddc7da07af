import { minorUnitDigits } from '../../domains/banking/currency.ts';
import * as list from '../../domains/banking/read-models/accounts.ts';
import * as statements from '../../domains/banking/read-models/statement.ts';
import type { AccountView } from '../../domains/banking/views.ts';
import type { AccountMovement, AccountSummary } from '../../generated/prisma/client.ts';
import type { QueryResolvers, Resolvers } from '../../schema/generated.ts';
import { countOf } from '../arguments.ts';

const queries: Pick<QueryResolvers, 'accounts' | 'accountStatement'> = {
  async accounts(_parent, { first, ...search }, { services }) {
    const page = await list.accounts(services.prisma, { ...search, first: countOf('first', first) });
    return { ...page, edges: page.edges.map(({ cursor, node }) => ({ cursor, node: showAccount(node) })) };
  },
  async accountStatement(_parent, { first, ...request }, { services }) {
    const statement = await statements.accountStatement(services.prisma, {
      ...{ ...request, first: countOf('first', first) },
    });
    const { account, month, opening, closing, totalIn, totalOut, movements } = statement;
    return {
      ...{ account: showAccount(account), month, opening: String(opening), closing: String(closing) },
      ...{ totalIn: String(totalIn), totalOut: String(totalOut) },
      movements: {
        ...movements,
        edges: movements.edges.map(({ cursor, node }) => ({ cursor, node: showMovement(node) })),
      },
    };
  },
};

const showAccount = ({ balance, overdraftLimit, ...account }: AccountSummary): AccountView => ({
  ...account,
  balance: String(balance),
  overdraftLimit: String(overdraftLimit),
  minorUnitDigits: minorUnitDigits(account.currency),
});

const showMovement = ({ amount, balance, ...movement }: AccountMovement) => ({
  ...movement,
  amount: String(amount),
  balance: String(balance),
});

/** Lists and statements of accounts: merged into the bank's module. */
export const bankingReportResolvers = { Query: queries } satisfies Resolvers;
