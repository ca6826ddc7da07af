import type { Flow } from '../live/counting.ts';
import type { Load } from '../live/load.ts';
import { untilSubscribed } from '../live/until-subscribed.ts';
import { watchStartedEnvelope } from '../live/viewing-events.ts';
import { type Side, videoId } from './sides.ts';

export type Audience = Flow & AsyncDisposable;

let nextSequence = 1; // of all sides together: another side's event can be told

/** Opens the sockets, and settles when all are subscribed. Disposal closes them. */
export async function openAudience(
  side: Side,
  port: number,
  subscribers: number,
  load: Load,
): Promise<Audience> {
  const { path, query } = side;
  await load.open({ port, path, sockets: subscribers, query, variables: [] });
  const audience: Audience = {
    load,
    sockets: subscribers,
    next: () => nextSequence,
    make(count) {
      const first = nextSequence;
      nextSequence += count;
      const envelopes = Array.from({ length: count }, (_, index) =>
        watchStartedEnvelope({ sequence: first + index, userId: 'ada', videoId }),
      );
      return { first, count, publish: () => side.publish(envelopes) };
    },
    [Symbol.asyncDispose]: () => load.close(),
  };
  await untilSubscribed(audience);
  return audience;
}
