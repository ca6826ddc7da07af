/** Publishes the outbox to the log in Redis, without end: every committed event once, in position order. */
import { type Loop, startLoop } from '../platform/loop.ts';
import { createPace } from '../platform/pace.ts';
import { noteCommit, streamsFirst } from './stream-priority.ts';
import { createStreamPublisher, type StreamPublisher, type StreamSinkOptions } from './stream-publisher.ts';

export type { StreamSinkOptions } from './stream-publisher.ts';

export function startStreamSink(options: StreamSinkOptions): Loop {
  const publisher = createStreamPublisher(options);
  const pace = createPace(paceMs);
  const checkpoint = startCheckpoint(options, publisher);
  let backlog = false; // more than a batch is waiting: then there is nothing to wait for
  const turn = async () => {
    backlog = false;
    const idleMs = await streamsFirst(publisher.turn);
    backlog = idleMs === 0;
    return idleMs;
  };
  const loop = startLoop({
    name: 'relay.streams',
    logger: options.logger,
    turn: () => (backlog ? turn() : pace(turn)),
  });
  return {
    wake() {
      noteCommit();
      loop.wake();
    },
    async stop() {
      await loop.stop();
      await checkpoint.stop();
      publisher.leave();
    },
  };
}

// how soon after one look the next may come: events that arrive together leave together
const paceMs = 3;
const checkpointMs = 200;

/** Saves how far the log is, beside the publishing. */
function startCheckpoint({ logger }: StreamSinkOptions, publisher: StreamPublisher): Loop {
  const save = async () => {
    await publisher.saveCheckpoint();
    return checkpointMs;
  };
  const loop = startLoop({ name: 'relay.checkpoint', logger, turn: save });
  return {
    wake: loop.wake,
    async stop() {
      await loop.stop();
      await publisher.saveCheckpoint().catch(() => {});
    },
  };
}
