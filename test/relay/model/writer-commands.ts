/** Writers: transactions that overlap, own an early xid, contend for aggregates, commit late and roll back. */
import fc from 'fast-check';
import type { Pool, PoolClient } from 'pg';
import { columns } from '../../outbox/support.ts';
import { command } from './command.ts';
import {
  commit,
  type Fact,
  isHeld,
  type Model,
  type NewFacts,
  nextVersion,
  type OpenTransaction,
  topics,
} from './model.ts';
import type { ModelWorld } from './world.ts';

const writer = fc.nat(2);
const aggregate = fc.constantFrom('a', 'b', 'c', 'd');
const topic = fc.constantFrom(...topics);

export const writerCommands = [
  {
    weight: 2,
    arbitrary: writer.map((n) =>
      command({
        name: `writer ${n} begins, with an xid`,
        can: ({ writers }) => !writers[n],
        run: async (model, world) => {
          model.writers[n] = await begin(world);
        },
      }),
    ),
  },
  {
    weight: 6,
    arbitrary: fc
      .record({ n: writer, aggregate, topic, count: fc.integer({ min: 1, max: 4 }) })
      .map(({ n, aggregate, topic, count }) =>
        command({
          name: `writer ${n} records ${count} of ${aggregate} to ${topic}`,
          can: (model) => !isHeld(model, aggregate, model.writers[n]),
          run: async (model, world) => {
            model.writers[n] ??= await begin(world);
            await record(model, model.writers[n], { aggregate, topic, count });
          },
        }),
      ),
  },
  {
    weight: 5,
    arbitrary: fc.record({ n: writer, commits: fc.boolean() }).map(({ n, commits }) =>
      command({
        name: `writer ${n} ${commits ? 'commits' : 'rolls back'}`,
        can: ({ writers }) => writers[n] !== undefined,
        run: (model) => end(model, n, commits),
      }),
    ),
  },
  {
    weight: 6,
    arbitrary: fc
      .record({ aggregate, topic, count: fc.integer({ min: 1, max: 12 }) })
      .map(({ aggregate, topic, count }) =>
        command({
          name: `${count} of ${aggregate} to ${topic} are committed`,
          can: (model) => !isHeld(model, aggregate),
          run: async (model, { actors }) => {
            const version = nextVersion(model, aggregate);
            commit(model, await insert(actors, { aggregate, topic, count, version }));
          },
        }),
      ),
  },
];

/** Ends an open transaction. */
export async function end(model: Model, n: number, commits: boolean): Promise<void> {
  const open = model.writers[n]!;
  model.writers[n] = undefined;
  await open.end(commits);
  if (commits) commit(model, open.facts);
}

async function begin({ actors }: ModelWorld): Promise<OpenTransaction> {
  const client = await actors.connect();
  await client.query('BEGIN');
  await client.query('SELECT pg_current_xact_id()');
  return {
    facts: [],
    insert: (facts) => insert(client, facts),
    async end(commits) {
      await client.query(commits ? 'COMMIT' : 'ROLLBACK');
      client.release();
    },
    abandon: () => client.release(true),
  };
}

async function record(model: Model, open: OpenTransaction, facts: Omit<NewFacts, 'version'>): Promise<void> {
  open.facts.push(...(await open.insert({ ...facts, version: nextVersion(model, facts.aggregate) })));
}

async function insert(
  db: Pool | PoolClient,
  { aggregate, topic, version, count }: NewFacts,
): Promise<readonly Fact[]> {
  const { rows } = await db.query<Fact>(
    `INSERT INTO outbox (${columns})
     SELECT gen_random_uuid(), $1, 'test.happened', 1, 'test', $2, $3::int + n, now(), 'test', 0, '{}', '{}'
       FROM generate_series(0, $4::int - 1) AS n
     RETURNING position, id, topic, aggregate_id AS aggregate, aggregate_version AS version`,
    [topic, aggregate, version, count],
  );
  return rows;
}
