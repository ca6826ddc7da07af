/** What a rival is told of an event. */
import type { Envelope } from '../../src/events/envelope.ts';
import { encodeCursor } from '../../src/live/cursor.ts';
import { sequenceOf } from './sequence.ts';

/** The fields that the benches' subscriptions select, with the type by which GraphQL tells them apart. */
export function rivalEvent({ id, type, occurredAt, payload }: Envelope, epoch: string) {
  const { sessionId, userId, videoId, quality } = payload as Record<string, string>;
  const cursor = encodeCursor(epoch, sequenceOf(sessionId!));
  return { __typename: 'WatchStarted', id, type, cursor, occurredAt, sessionId, userId, videoId, quality };
}
