/** Publishers: they lead, are taken over from, die between any two calls, and wake up late. */
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { createRelayMetrics } from '../../../src/relay/metrics.ts';
import { createStreamPublisher } from '../../../src/relay/stream-publisher.ts';
import { logger } from '../support.ts';
import { command } from './command.ts';
import { type Model, type PublisherActor, topics } from './model.ts';
import { BrokenConnection, createSteppedProcess, type Fate } from './stepped-process.ts';
import type { ModelWorld } from './world.ts';

interface Settings {
  readonly batchSize: number;
  readonly streamMaxLength: number;
}

/** One that publishes large batches and keeps all, one in between, and one that publishes and keeps single events */
const settings: readonly Settings[] = [
  { batchSize: 50, streamMaxLength: 1_000 },
  { batchSize: 3, streamMaxLength: 4 },
  { batchSize: 1, streamMaxLength: 1 },
];
const publisher = fc.nat(settings.length - 1);
// what a turn gives that found nothing to do, or has to look again soon
const idleMs = 1_000;
const waitingMs = 1;
const metrics = createRelayMetrics(new Registry());

export const publisherCommands = [
  {
    weight: 10,
    arbitrary: fc.record({ n: publisher, calls: fc.integer({ min: 1, max: 9 }) }).map(({ n, calls }) =>
      onPublisher(`publisher ${n} runs for ${calls} calls`, n, async (actor) => {
        for (let call = 0; call < calls; call++) await step(actor);
      }),
    ),
  },
  {
    weight: 6,
    arbitrary: publisher.map((n) => onPublisher(`publisher ${n} runs to the end of a turn`, n, takeTurn)),
  },
  {
    weight: 5,
    arbitrary: publisher.map((n) =>
      onPublisher(`publisher ${n} runs until nothing is left`, n, runUntilIdle),
    ),
  },
  {
    weight: 4,
    arbitrary: publisher.map((n) =>
      onPublisher(`publisher ${n} saves its checkpoint`, n, (actor) =>
        actor.process.beside(() => actor.publisher.saveCheckpoint()).catch((error) => judge(actor, error)),
      ),
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ n: publisher, fate: fc.constantFrom<Fate>('refuse', 'lose the answer') })
      .map(({ n, fate }) =>
        command({
          name: `publisher ${n}'s connection breaks (${fate})`,
          can: ({ publishers }) => publishers[n]?.process.busy === true,
          run: async ({ publishers }) => {
            const actor = publishers[n]!;
            await actor.process.step(fate).catch((error) => judge(actor, error));
          },
        }),
      ),
  },
  {
    weight: 3,
    arbitrary: publisher.map((n) =>
      command({
        name: `publisher ${n} is killed`,
        can: ({ publishers }) => publishers[n] !== undefined,
        run: (model) => kill(model, n),
      }),
    ),
  },
];

export function startPublisher({ actors, redis, logName }: ModelWorld, n: number): PublisherActor {
  const process = createSteppedProcess({ pool: actors, redis });
  const stores = { pool: process.pool, redis: process.redis, logName, topics };
  const options = { ...stores, ...settings[n]!, logger, metrics, pollMs: idleMs };
  return { process, publisher: createStreamPublisher(options), pauseMs: undefined, cutOff: false };
}

export async function kill(model: Model, n: number): Promise<void> {
  const actor = model.publishers[n];
  model.publishers[n] = undefined;
  await actor?.process.kill();
  actor?.publisher.leave();
}

const mostTurns = 200;
const mostWaits = 3;

/** Takes turns until one finds nothing to do, or several only wait for writers. Throws when it comes to no end. */
export async function runUntilIdle(actor: PublisherActor): Promise<void> {
  let waits = 0;
  for (let turn = 0; turn < mostTurns; turn++) {
    await takeTurn(actor);
    waits = actor.pauseMs === waitingMs ? waits + 1 : 0;
    if (actor.pauseMs === idleMs || waits === mostWaits) return;
  }
  throw new Error(`a publisher is still busy after ${mostTurns} turns`);
}

/** Ends the turn in hand, or takes a whole one. */
async function takeTurn(actor: PublisherActor): Promise<void> {
  if (!actor.process.busy) await begin(actor);
  await actor.process.finish().catch((error) => judge(actor, error));
}

async function step(actor: PublisherActor): Promise<void> {
  if (!actor.process.busy) return begin(actor);
  await actor.process.step().catch((error) => judge(actor, error));
}

async function begin(actor: PublisherActor): Promise<void> {
  actor.pauseMs = undefined;
  const turn = async () => {
    actor.pauseMs = await actor.publisher.turn();
  };
  await actor.process.begin(turn).catch((error) => judge(actor, error));
}

/** A turn may end with an error only when its connection was broken, or Redis forgot what it had just been told. */
function judge(actor: PublisherActor, error: unknown): void {
  if (error instanceof BrokenConnection) return;
  const excused = actor.cutOff ? /connection|Redis lost the log/i : /Redis lost the log/;
  if (!excused.test(String(error)))
    throw new Error('a publisher failed, though its connections stood', { cause: error });
}

/** A publisher that is not there starts. */
function onPublisher(name: string, n: number, run: (actor: PublisherActor) => Promise<void>) {
  return command({
    name,
    can: () => true,
    run: (model, world) => {
      model.publishers[n] ??= startPublisher(world, n);
      return run(model.publishers[n]);
    },
  });
}
