import type { QueueShard } from '../log/queue-shards.ts';
import { readQueueConsumers } from './consumers.ts';
import type { EnqueueOptions, QueuePlace } from './enqueue.ts';
import { enqueueMissing } from './heal.ts';

/** Adds again what each shard has lost whose marker does not stand. Gives whether there was one. */
export async function healShards(options: EnqueueOptions, place: QueuePlace): Promise<boolean> {
  const { refusals } = options;
  let healed = false;
  for (const shard of await shardsToAsk(options, place)) {
    const heal = async () => {
      const marker = await place.markers.of(shard);
      if (await marker.stands()) return;
      await marker.heal(() => healShard(options, shard));
      healed = true;
    };
    const { consumer } = shard;
    if (consumer === undefined) await heal();
    else if (!refusals.resting.includes(consumer)) await refusals.guard(consumer, heal);
  }
  place.markers.areSuspect = false;
  return healed;
}

async function shardsToAsk(
  { shards }: EnqueueOptions,
  { session }: QueuePlace,
): Promise<readonly QueueShard[]> {
  if (!shards.areSplit) return [shards.of('any')];
  return (await readQueueConsumers(session.client)).map(({ name }) => shards.of(name));
}

async function healShard(options: EnqueueOptions, { redis, consumer }: QueueShard): Promise<void> {
  const { metrics, logger } = options;
  const jobs = await enqueueMissing({ ...options, redis }, consumer);
  metrics.healed.inc(jobs);
  logger.warn({ ...(consumer === undefined ? {} : { consumer }), jobs }, 'relay.queues_healed');
}
