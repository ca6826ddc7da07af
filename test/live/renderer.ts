/** Groups that execute what a test says, where a schema would be in the way: an item is its event's position. */
import { GraphQLError } from 'graphql';
import type { LogEvent } from '../../src/events/envelope.ts';
import { formatError } from '../../src/live/format-error.ts';
import type { GroupRenderer } from '../../src/live/groups.ts';
import { toMessage } from '../../src/live/message.ts';
import { createLogger } from '../../src/platform/logger.ts';
import type { Received } from './support.ts';

export interface RendererOptions {
  readonly encode: (position: number) => string;
  /** What an item waits for */
  readonly before?: (event: LogEvent) => Promise<void>;
  /** Makes items so much longer, in characters */
  readonly padding?: number;
}

/** Errors are told as clients of the api are told of them. */
export function createRenderer({ encode, before, padding = 0 }: RendererOptions): GroupRenderer {
  const logger = createLogger('test', 'silent');
  const itemOf = ({ position }: LogEvent) =>
    toMessage({ data: { position, padding: 'x'.repeat(padding) } }, position, encode(position));
  return {
    event: (event) => (before ? before(event).then(() => itemOf(event)) : itemOf(event)),
    error: (error) => toMessage({ errors: [formatError(error, { logger, encodeCursor: encode })] }),
    cursor: encode,
    value() {
      throw new GraphQLError('only events are executed here');
    },
  };
}

/** The position of each item that was received. */
export const positionsIn = ({ results }: Pick<Received, 'results'>) =>
  results.map(({ data }) => (data as { position: number } | undefined)?.position);

/** The code of each error that was received. */
export const codesIn = ({ results }: Pick<Received, 'results'>) =>
  results.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions.code));
