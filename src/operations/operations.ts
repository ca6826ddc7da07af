/** What an operator can see and do: event flows, dead letters, the pipeline's state, stopping a consumer. */
import type { Queryable } from '../outbox/queryable.ts';
import { notFound } from '../platform/errors.ts';
import { summaryOf } from '../platform/failures/text.ts';
import { type ConsumerStatus, readConsumerStatuses } from './consumer-status.ts';
import { discard, type LetterChoice, redrive } from './dead-letter-actions.ts';
import { type DeadLetterPage, type DeadLetterSearch, readDeadLetters } from './dead-letters.ts';
import { type EventFlow, readEventFlow } from './event-flow.ts';
import { type Change, changeConsumer } from './pause.ts';
import { type Pipeline, type PipelineSources, readPipeline } from './pipeline.ts';

export interface Operations {
  /** What one request set off; null when nothing is known of it. */
  eventFlow(correlationId: string): Promise<EventFlow | null>;
  /** Newest first, each with a line of its error: stacks are for operators. Throws BAD_USER_INPUT for an `after` that is no cursor of this list. */
  deadLetters(search: DeadLetterSearch): Promise<DeadLetterPage>;
  /** Throws UNAVAILABLE while Redis is away. */
  pipeline(): Promise<Pipeline>;
  /** Sends dead letters to their consumer again; gives how many of those that are named. Throws BAD_USER_INPUT, NOT_FOUND. */
  redrive(choice: LetterChoice): Promise<number>;
  /** Lets dead letters go for good; gives how many. Throws BAD_USER_INPUT, NOT_FOUND. */
  discard(choice: LetterChoice): Promise<number>;
  /** Throws NOT_FOUND, and UNAVAILABLE while Redis is away. */
  changeConsumer(name: string, change: Change): Promise<ConsumerStatus>;
  /** The same, done in a transaction, which is another's to commit. */
  within(db: Queryable): Pick<Operations, 'redrive' | 'discard' | 'changeConsumer'>;
}

export function createOperations(sources: PipelineSources): Operations {
  const { pool, queues, through } = sources;
  const within: Operations['within'] = (db) => ({
    redrive: async (choice) => (await redrive(db, choice)).count,
    discard: (choice) => discard(db, choice),
    async changeConsumer(name, change) {
      await changeConsumer(db, queues, name, change);
      const [status] = await readConsumerStatuses(db, queues, name);
      if (!status) throw notFound('consumer', name); // deregistered meanwhile
      return status;
    },
  });
  return {
    eventFlow: (correlationId) => readEventFlow({ pool, queues, through }, correlationId),
    async deadLetters(search) {
      const page = await readDeadLetters(pool, search);
      const summarised = ({ cursor, node }: DeadLetterPage['edges'][number]) => ({
        cursor,
        node: { ...node, error: summaryOf(node.error) },
      });
      return { ...page, edges: page.edges.map(summarised) };
    },
    pipeline: () => readPipeline(sources),
    ...within(pool),
    within,
  };
}
