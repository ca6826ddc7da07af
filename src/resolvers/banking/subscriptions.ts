/** The events of one account, and accounts and transfers as signals. */
import { accountKey } from '../../domains/banking/events.ts';
import * as banking from '../../domains/banking/queries.ts';
import { isUuid } from '../../domains/check.ts';
import type { SignalWatch } from '../../live/signals.ts';
import { notFound } from '../../platform/errors.ts';
import type {
  SubscriptionAccountActivityArgs,
  SubscriptionAccountArgs,
  SubscriptionResolvers,
  SubscriptionTransferArgs,
} from '../../schema/generated.ts';
import { textOf } from '../arguments.ts';
import { eventSource } from '../subscriptions/event-source.ts';
import { liveField } from '../subscriptions/live-field.ts';

export const subscriptions: SubscriptionResolvers = {
  accountActivity: liveField(({ accountId, after }: SubscriptionAccountActivityArgs, context) =>
    eventSource(
      { types: ['bank.*'], keys: [accountKey(textOf('accountId', accountId))] },
      { after },
      context,
    ),
  ),
  account: liveField(({ id }: SubscriptionAccountArgs, { services }) =>
    services.sources.signal(watchOf('account', id, () => banking.account(services.history, id))),
  ),
  transfer: liveField(({ id }: SubscriptionTransferArgs, { services }) =>
    services.sources.signal(watchOf('transfer', id, () => banking.transfer(services.history, id))),
  ),
};

/** The state of one aggregate, whose changes are told under the name of its type. Throws NOT_FOUND. */
function watchOf<Value>(what: string, id: string, read: () => Promise<Value | null>): SignalWatch<Value> {
  if (!isUuid(id)) throw notFound(what, id);
  const readOrRefuse = async () => {
    const value = await read();
    if (value === null) throw notFound(what, id);
    return value;
  };
  return { signal: what, key: [id], about: id, read: readOrRefuse };
}
