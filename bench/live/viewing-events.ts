/** Real events of the streaming domain, as a bench publishes them. */
import { randomUUIDv7 } from 'node:crypto';
import { watchStarted } from '../../src/domains/streaming/events.ts';
import { type Envelope, requestCause } from '../../src/events/envelope.ts';
import { sessionIdOf } from './sequence.ts';

export interface Viewing {
  readonly sequence: number;
  readonly userId: string;
  readonly videoId: string;
}

/** That a viewer started a film. Its session id holds the sequence number. */
export function watchStartedEnvelope({ sequence, userId, videoId }: Viewing): Envelope {
  const sessionId = sessionIdOf(sequence);
  const { definition, keys, payload } = watchStarted.of({
    aggregateId: sessionId,
    aggregateVersion: 1,
    occurredAt: new Date(),
    payload: {
      sessionId,
      userId,
      videoId,
      quality: 'HD',
      title: 'The Kid (1921)',
      genres: ['Comedy', 'Drama'],
    },
  });
  return {
    id: randomUUIDv7(),
    type: definition.type,
    schemaVersion: definition.schemaVersion,
    topic: definition.topic,
    aggregateType: definition.aggregateType,
    aggregateId: sessionId,
    aggregateVersion: 1,
    occurredAt: new Date().toISOString(),
    ...requestCause(randomUUIDv7()),
    keys,
    payload,
  };
}
