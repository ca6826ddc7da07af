import { z } from 'zod';
import { keyed } from '../../domains/idempotency.ts';
import type { ConsumerStatus } from '../../operations/consumer-status.ts';
import type { Operations } from '../../operations/operations.ts';
import { queryableIn } from '../../outbox/queryable.ts';
import type { Outbox } from '../../outbox/transaction.ts';
import type {
  MutationDiscardArgs,
  MutationPauseConsumerArgs,
  MutationRedriveArgs,
  MutationResolvers,
} from '../../schema/generated.ts';
import { textOf } from '../arguments.ts';

interface Store {
  readonly outbox: Outbox;
  readonly operations: Pick<Operations, 'redrive' | 'discard' | 'changeConsumer'>;
}

/** What an operator does, with an idempotency key: in one transaction with the key. */
const action = <Args extends object, Answer>(
  operation: string,
  answer: z.ZodType<Answer>,
  run: (operations: Store['operations'], args: Args) => Promise<Answer>,
) =>
  keyed<Store & { readonly operations: Pick<Operations, 'within'> }, Args, Answer>({
    operation,
    answer,
    within: ({ outbox, operations }, cause, _args, work) =>
      outbox.transaction(cause, (tx) => {
        const { within } = operations;
        return work(tx, { outbox, operations: { ...within(queryableIn(tx)), within } });
      }),
    run: ({ operations }, _cause, args) => run(operations, args),
  });

const redrive = action<MutationRedriveArgs, number>('redrive', z.number(), (operations, args) =>
  operations.redrive(choiceOf(args)),
);
const discard = action<MutationDiscardArgs, number>('discard', z.number(), (operations, args) =>
  operations.discard(choiceOf(args)),
);
const choiceOf = ({ ids, consumer }: MutationRedriveArgs) => ({
  ids: ids ?? undefined,
  consumer: textOf('consumer', consumer),
});

const change = (name: string, kind: Parameters<Operations['changeConsumer']>[1]) =>
  action<MutationPauseConsumerArgs, ConsumerStatus>(
    name,
    z.custom<ConsumerStatus>(),
    (operations, { consumer }) => operations.changeConsumer(textOf('consumer', consumer), kind),
  );
const pauseConsumer = change('pauseConsumer', 'pause');
const drainConsumer = change('drainConsumer', 'drain');
const resumeConsumer = change('resumeConsumer', 'resume');

export const mutations: MutationResolvers = {
  redrive: (_parent, args, { services, cause, now }) => redrive(services, cause, args, now()),
  discard: (_parent, args, { services, cause, now }) => discard(services, cause, args, now()),
  pauseConsumer: (_parent, args, { services, cause, now }) => pauseConsumer(services, cause, args, now()),
  drainConsumer: (_parent, args, { services, cause, now }) => drainConsumer(services, cause, args, now()),
  resumeConsumer: (_parent, args, { services, cause, now }) => resumeConsumer(services, cause, args, now()),
};
