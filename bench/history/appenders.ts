/** One event more for an account of one's own, by each of the contestants. */
import { randomUUID } from 'node:crypto';
import type { Event } from '@event-driven-io/emmett';
import type { PostgresEventStore } from '@event-driven-io/emmett-postgresql';
import type { Pool } from 'pg';
import { requestCause } from '../../src/events/envelope.ts';
import { fact } from '../../src/history/aggregate.ts';
import type { History } from '../../src/history/history.ts';
import { account, moneyIn, payloadOf } from './account.ts';

/** Makes a writer; each call of it settles when its event is committed. */
export type Appender = () => () => Promise<unknown>;

export type MoneyIn = Event<'MoneyIn', ReturnType<typeof payloadOf>>;

const accountsEach = 20; // that a writer writes to in turn: new ones too, and none that has grown long

/** The writer's accounts, the next at each call, with the number of events that it has. */
function createAccounts() {
  const accounts = Array.from({ length: accountsEach }, () => ({ id: randomUUID(), version: 0 }));
  let turn = 0;
  return () => accounts[turn++ % accounts.length]!;
}

const cause = requestCause('request-of-bench', 'customer');

/** A command: its history row, its outbox row, and a snapshot when one is due. */
export const ofAorta =
  (history: History): Appender =>
  () => {
    const next = createAccounts();
    return () => {
      const { id } = next();
      return change(history, id);
    };
  };

export const change = (history: History, id: string) =>
  history.change(cause, account, id, {
    now: new Date(),
    decide: ({ deposits }) => [fact(moneyIn, payloadOf(id, deposits))],
  });

/** At the version where it is, which the writer remembers as Aorta does. */
export const ofEmmett =
  (store: PostgresEventStore): Appender =>
  () => {
    const next = createAccounts();
    return async () => {
      const own = next();
      const event: MoneyIn = { type: 'MoneyIn', data: payloadOf(own.id, own.version) };
      const expectedStreamVersion = own.version === 0 ? 'STREAM_DOES_NOT_EXIST' : BigInt(own.version);
      await store.appendToStream<MoneyIn>(`account-${own.id}`, [event], { expectedStreamVersion });
      own.version += 1;
    };
  };

export const createPlain = `
  CREATE TABLE plain (
    account_id uuid NOT NULL, version int NOT NULL, occurred_at timestamptz NOT NULL, payload jsonb NOT NULL,
    PRIMARY KEY (account_id, version))`;

/** One row by a prepared INSERT: what PostgreSQL and pg can do. */
export const ofPlainInsert =
  (pool: Pool): Appender =>
  () => {
    const next = createAccounts();
    return () => {
      const own = next();
      own.version += 1;
      return pool.query({
        name: 'bench plain',
        text: 'INSERT INTO plain VALUES ($1, $2, $3, $4)',
        values: [own.id, own.version, new Date(), JSON.stringify(payloadOf(own.id, own.version))],
      });
    };
  };
