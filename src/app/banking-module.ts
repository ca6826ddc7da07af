import { accountEvents, transferEvents } from '../domains/banking/events.ts';
import { transferSaga } from '../domains/banking/transfer-saga.ts';
import { bankingResolvers } from '../resolvers/banking/index.ts';
import { bankingReactions } from '../workers/banking/index.ts';
import { sagaReaction } from '../workers/saga-reaction.ts';
import type { Module } from './module.ts';

/** Accounts, and the money that moves between them. */
export const bankingModule: Module = {
  events: [...accountEvents, ...transferEvents, transferSaga.stepDue],
  resolvers: bankingResolvers,
  reactions: () => [sagaReaction(transferSaga), ...bankingReactions()],
  signals: ['account', 'transfer'],
};
