/** What befalls the stores: Redis forgets everything or its last writes, Postgres goes back, retention passes. */
import fc from 'fast-check';
import { command } from './command.ts';
import { type Model, type PostgresBackup, remembersAll } from './model.ts';
import { restorePostgres, restoreRedis } from './past.ts';
import type { ModelWorld } from './world.ts';

/** Steps back in time */
const steps = fc.integer({ min: 1, max: 12 });
const loggedAhead = 32; // Postgres gives out positions from as far ahead after it came back

export const storeCommands = [
  {
    weight: 2,
    arbitrary: fc.constant(
      command({
        name: 'Redis loses everything',
        can: canForget,
        run: async (_, { redis }) => void (await redis.flushall()),
      }),
    ),
  },
  {
    weight: 3,
    arbitrary: steps.map((back) =>
      command({
        name: `Redis loses its last ${back} steps`,
        can: (model) => canForget(model) && before(model, back) !== undefined,
        run: (model, { redis }) => restoreRedis(redis, before(model, back)!.redis),
      }),
    ),
  },
  {
    weight: 7,
    arbitrary: fc
      .record({ back: steps, ahead: fc.constantFrom(0, 0, 0, 3, loggedAhead) })
      .map(({ back, ahead }) =>
        command({
          name: `Postgres loses its last ${back} steps, its sequence comes back ${ahead} ahead`,
          can: (model) => canGoBack(model, before(model, back)?.postgres),
          run: (model, world) => goBack(model, world, before(model, back)!.postgres!, ahead),
        }),
      ),
  },
  {
    weight: 2,
    arbitrary: fc.integer({ min: 1, max: 10 }).map((tenths) =>
      command({
        name: `retention drops ${tenths} tenths of what is published`,
        can: ({ checkpoint }) => checkpoint > 0,
        run: (model, { pool }) => drop(pool, Math.ceil((model.checkpoint * tenths) / 10)),
      }),
    ),
  },
];

/** The stores as they stood so many steps ago. */
const before = ({ past }: Readonly<Model>, steps: number) => past.at(-steps - 1);

/** Not while Postgres has gone back unseen: when both forget at once, nothing is left that could tell. */
function canForget({ returned }: Readonly<Model>): boolean {
  return !returned;
}

function canGoBack(model: Readonly<Model>, backup: PostgresBackup | undefined): boolean {
  return backup !== undefined && !model.returned && remembersAll(model, backup.epoch);
}

/** Open transactions are gone, and so is every connection. */
async function goBack(model: Model, world: ModelWorld, backup: PostgresBackup, ahead: number): Promise<void> {
  for (const actor of model.publishers) if (actor) actor.cutOff = true;
  const writers = model.writers.splice(0);
  await world.cutActors();
  for (const open of writers) open?.abandon();
  await restorePostgres(world.pool, backup, ahead);
  model.returned = { epoch: backup.epoch, former: model.logs.get(backup.epoch)!.history };
  model.history = { ...backup.history };
}

/** As retention does: never what the log has not passed. */
async function drop(pool: ModelWorld['pool'], upTo: number): Promise<void> {
  await pool.query(
    `WITH raised AS (UPDATE log SET floor = greatest(floor, $1)) DELETE FROM outbox WHERE position <= $1`,
    [upTo],
  );
}
