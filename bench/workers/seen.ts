/** What the handlers do: a row for each event, one at a time or for a batch in one statement. */
import type { Envelope } from '../../src/events/envelope.ts';
import type { Tx } from '../../src/outbox/transaction.ts';

/** Nothing makes an event's row unique: who handles one twice is seen. */
export const createSeen = `
  CREATE TABLE seen (
    id bigserial PRIMARY KEY, event_id uuid NOT NULL, user_id text NOT NULL, video_id text NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now())`;

export type SeenEvent = Pick<Envelope, 'id'> & {
  readonly payload: { readonly userId: string; readonly videoId: string };
};

export const insertSeen = (tx: Tx, { id, payload: { userId, videoId } }: SeenEvent): Promise<number> =>
  tx.$executeRaw`INSERT INTO seen (event_id, user_id, video_id) VALUES (${id}::uuid, ${userId}, ${videoId})`;

export const insertAllSeen = (tx: Tx, events: readonly SeenEvent[]): Promise<number> =>
  tx.$executeRaw`
    INSERT INTO seen (event_id, user_id, video_id)
    SELECT * FROM unnest(${events.map(({ id }) => id)}::uuid[], ${events.map(({ payload }) => payload.userId)}::text[],
                         ${events.map(({ payload }) => payload.videoId)}::text[])`;
