import * as banking from '../../domains/banking/commands.ts';
import { transfer } from '../../domains/banking/transfer-command.ts';
import type { MutationResolvers } from '../../schema/generated.ts';

export const mutations: MutationResolvers = {
  openAccount: (_parent, args, { services, cause, now }) =>
    banking.openAccount(services.history, cause, args, now()),
  deposit: (_parent, args, { services, cause, now }) => banking.deposit(services.history, cause, args, now()),
  withdraw: (_parent, args, { services, cause, now }) =>
    banking.withdraw(services.history, cause, args, now()),
  transfer: (_parent, args, { services, cause, now }) => transfer(services.history, cause, args, now()),
  closeAccount: (_parent, args, { services, cause, now }) =>
    banking.closeAccount(services.history, cause, args, now()),
};
