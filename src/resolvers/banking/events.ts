/** The fields that each event type of the bank has beyond those of every event: those of its payload. */
import * as events from '../../domains/banking/events.ts';
import type { Resolvers } from '../../schema/generated.ts';
import { fieldsOfPayload } from '../events/payload.ts';

export const eventTypes = {
  [events.accountOpened.type]: 'AccountOpened',
  [events.moneyDeposited.type]: 'MoneyDeposited',
  [events.moneyWithdrawn.type]: 'MoneyWithdrawn',
  [events.accountClosed.type]: 'AccountClosed',
  [events.transferSent.type]: 'TransferSent',
  [events.transferReceived.type]: 'TransferReceived',
  [events.transferReturned.type]: 'TransferReturned',
  [events.transferStarted.type]: 'TransferStarted',
  [events.transferCompleted.type]: 'TransferCompleted',
  [events.transferRefunded.type]: 'TransferRefunded',
  [events.transferFailed.type]: 'TransferFailed',
};

export const eventFields = {
  AccountOpened: fieldsOfPayload(
    events.accountOpened,
    'accountId',
    'owner',
    'currency',
    'initialDeposit',
    'overdraftLimit',
  ),
  MoneyDeposited: fieldsOfPayload(events.moneyDeposited, 'accountId', 'amount', 'currency', 'description'),
  MoneyWithdrawn: fieldsOfPayload(events.moneyWithdrawn, 'accountId', 'amount', 'currency', 'description'),
  AccountClosed: fieldsOfPayload(events.accountClosed, 'accountId'),
  TransferSent: fieldsOfPayload(
    events.transferSent,
    'accountId',
    'transferId',
    'toAccountId',
    'amount',
    'currency',
  ),
  TransferReceived: fieldsOfPayload(
    events.transferReceived,
    'accountId',
    'transferId',
    'fromAccountId',
    'amount',
    'currency',
  ),
  TransferReturned: fieldsOfPayload(
    events.transferReturned,
    'accountId',
    'transferId',
    'toAccountId',
    'amount',
    'currency',
  ),
  TransferStarted: fieldsOfPayload(
    events.transferStarted,
    'transferId',
    'fromAccountId',
    'toAccountId',
    'amount',
    'currency',
  ),
  TransferCompleted: fieldsOfPayload(events.transferCompleted, 'transferId'),
  TransferRefunded: fieldsOfPayload(events.transferRefunded, 'transferId', 'reason'),
  TransferFailed: fieldsOfPayload(events.transferFailed, 'transferId', 'reason'),
} satisfies Resolvers;
