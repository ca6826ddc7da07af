/** What an operator can see and do: event flows, dead letters, the pipeline's state, pausing a consumer. */
import { type ConsumerStatus, readConsumerStatuses } from './consumer-status.ts';
import { discard, type LetterChoice, redrive } from './dead-letter-actions.ts';
import { type DeadLetterPage, type DeadLetterSearch, readDeadLetters } from './dead-letters.ts';
import { type EventFlow, readEventFlow } from './event-flow.ts';
import { pauseConsumer } from './pause.ts';
import { type Pipeline, type PipelineSources, readPipeline } from './pipeline.ts';

export interface Operations {
  /** What one request set off; null when nothing is known of it. */
  eventFlow(correlationId: string): Promise<EventFlow | null>;
  /** Newest first. Throws BAD_USER_INPUT for an `after` that is no cursor of this list. */
  deadLetters(search: DeadLetterSearch): Promise<DeadLetterPage>;
  /** Throws UNAVAILABLE while Redis is away. */
  pipeline(): Promise<Pipeline>;
  /** Sends dead letters to their consumer again; gives how many. Throws BAD_USER_INPUT, NOT_FOUND. */
  redrive(choice: LetterChoice): Promise<number>;
  /** Lets dead letters go for good; gives how many. Throws BAD_USER_INPUT, NOT_FOUND. */
  discard(choice: LetterChoice): Promise<number>;
  /** Throws NOT_FOUND, and UNAVAILABLE while Redis is away. */
  pauseConsumer(name: string): Promise<ConsumerStatus>;
  /** Throws NOT_FOUND, and UNAVAILABLE while Redis is away. */
  resumeConsumer(name: string): Promise<ConsumerStatus>;
}

export function createOperations(sources: PipelineSources): Operations {
  const { pool, queues, through } = sources;
  const setPaused = async (name: string, paused: boolean) => {
    await pauseConsumer(pool, queues, name, paused);
    const [status] = await readConsumerStatuses(pool, queues, name);
    return status!;
  };
  return {
    eventFlow: (correlationId) => readEventFlow({ pool, queues, through }, correlationId),
    deadLetters: (search) => readDeadLetters(pool, search),
    pipeline: () => readPipeline(sources),
    redrive: (choice) => redrive(pool, choice),
    discard: (choice) => discard(pool, choice),
    pauseConsumer: (name) => setPaused(name, true),
    resumeConsumer: (name) => setPaused(name, false),
  };
}
