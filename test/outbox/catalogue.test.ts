/** An event that no module names is refused where it is recorded: the relay would have to park it, hours later maybe. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createCatalogue } from '../../src/events/catalogue.ts';
import { defineEvent } from '../../src/events/define-event.ts';
import { eventCause } from '../../src/events/envelope.ts';
import { Prisma } from '../../src/generated/prisma/client.ts';
import { fact } from '../../src/history/aggregate.ts';
import { changeIn } from '../../src/history/change.ts';
import { createHistory } from '../../src/history/history.ts';
import {
  createOutbox,
  type Outbox,
  record,
  recordBecause,
  UnknownEventError,
} from '../../src/outbox/transaction.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { startSaga } from '../../src/sagas/run.ts';
import { defineSaga, type SagaStep } from '../../src/sagas/saga.ts';
import { callHandler } from '../../src/workers/call-handler.ts';
import { queueReaction } from '../../src/workers/reaction.ts';
import { counted, counter } from '../history/counter.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { makeTables } from '../support/own-tables.ts';
import { cause, readRecorded } from './counted.ts';

let testDatabase: TestDatabase;
let outbox: Outbox;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  await makeTables(
    testDatabase.database.pool,
    'CREATE TABLE touched (n int); INSERT INTO touched VALUES (1)',
  );
  outbox = createOutbox({ ...testDatabase.database, catalogue: createCatalogue([known]), nudge: () => {} });
});
afterAll(() => testDatabase.drop());

const known = defineEvent('test.known', z.object({}), { topic: 'test', aggregateType: 'thing' });
const event = known.of({ aggregateId: 't', aggregateVersion: 1, occurredAt: new Date(0), payload: {} });
const unknown = counted.of({
  aggregateId: 'c',
  aggregateVersion: 1,
  occurredAt: new Date(0),
  payload: { n: 1, why: 'test' },
});
const command = { now: new Date(0), decide: () => [fact(counted, { n: 1, why: 'test' })] };
const step = (name: string, own: Partial<SagaStep<string>>): SagaStep<string> => ({
  name,
  do: async (_tx, { data }) => data,
  ...own,
});
const trip = defineSaga({
  name: 'trip',
  data: z.string(),
  steps: [step('go', {}), step('return', {})],
});
const statement = {
  name: 'touch',
  change: Prisma.sql`UPDATE touched SET n = n + 1`,
  events: [unknown],
};
const reaction = queueReaction({
  name: 'heedless',
  events: [known],
  handle: async (_tx, _event, context) => context.record(unknown),
});
const handled = {
  ...(event as never as object),
  id: crypto.randomUUID(),
  via: [],
  depth: 0,
  correlationId: 'r',
};
const context = { signal: new AbortController().signal, logger: createLogger('test', 'silent') };

const entrances: readonly [entrance: string, write: () => Promise<unknown>][] = [
  ['record', () => outbox.transaction(cause, async (tx) => record(tx, event, unknown))],
  [
    'recordBecause',
    () =>
      outbox.transaction(cause, async (tx) => recordBecause(tx, eventCause(handled as never, 'x'), unknown)),
  ],
  [
    "a handler's record",
    () => outbox.transaction(cause, (tx) => callHandler(reaction, tx, [handled as never], context)),
  ],
  ['a statement', () => outbox.statement(cause, statement)],
  [
    'a statement under a lock',
    () =>
      outbox.locked({ name: 'nothing', query: Prisma.sql`SELECT 1` }, (held) =>
        held.statement(cause, statement),
      ),
  ],
  ['a command on an aggregate', () => createHistory(outbox).change(cause, counter, 'c', command)],
  [
    'a command on an aggregate in a transaction',
    () => outbox.transaction(cause, (tx) => changeIn(tx, counter, 'c', command)),
  ],
  [
    'the start of a saga',
    () => outbox.transaction(cause, (tx) => startSaga(tx, trip, { id: 't', data: '', now: new Date(0) })),
  ],
];

test.each(entrances)(
  '%s refuses an event that is not in the catalogue, and nothing is written',
  async (_entrance, write) => {
    await expect(write()).rejects.toThrow(UnknownEventError);
    await expect(write()).rejects.toThrow(
      "is not in the catalogue: add the event to the events of its domain's module",
    );
    expect(await readRecorded(testDatabase.database.pool)).toEqual([]);
    const { rows } = await testDatabase.database.pool.query(
      'SELECT n, (SELECT count(*)::int FROM history) AS kept, (SELECT count(*)::int FROM saga) AS sagas FROM touched',
    );
    expect(rows).toEqual([{ n: 1, kept: 0, sagas: 0 }]);
  },
);
