/** A transfer comes to one of three ends. Given what has happened, when a command comes, then this happens. */
import { expect, test } from 'vitest';
import {
  decide,
  evolve,
  type TransferCommand,
  type TransferState,
  transfer,
} from '../../src/domains/banking/transfer.ts';
import type { PastEvent } from '../../src/history/aggregate.ts';
import { t0 } from './support.ts';

const transferId = 't';
const start: TransferCommand = {
  ...{ type: 'start', transferId, fromAccountId: 'a', toAccountId: 'b', amount: 400n, currency: 'EUR' },
};
const complete: TransferCommand = { type: 'complete', transferId };
const refund: TransferCommand = { type: 'refund', transferId, reason: 'closed' };
const fail: TransferCommand = { type: 'fail', transferId, reason: 'full' };

/** The transfer after these commands. */
function given(...commands: readonly TransferCommand[]): TransferState {
  let state = transfer.initial;
  for (const command of commands) {
    for (const { definition, payload } of decide(command, state)) {
      const event = { type: definition.type, version: 1, occurredAt: t0, payload };
      state = evolve(state, event as PastEvent<(typeof transfer.events)[number]>);
    }
  }
  return state;
}

const facts = { fromAccountId: 'a', toAccountId: 'b', amount: 400n, currency: 'EUR', createdAt: t0 };

test('is pending once it is started, and then completed, refunded or failed', () => {
  expect(given(start)).toEqual({ status: 'pending', ...facts });
  expect(given(start, complete)).toEqual({ status: 'completed', ...facts });
  expect(given(start, refund)).toEqual({ status: 'refunded', ...facts, reason: 'closed' });
  expect(given(start, fail)).toEqual({ status: 'failed', ...facts, reason: 'full' });
});

test('is started once, and has one end', () => {
  expect(() => given(start, start)).toThrow('was started before');
  for (const end of [complete, refund, fail]) {
    for (const other of [complete, refund, fail])
      expect(() => given(start, end, other)).toThrow(/is (completed|refunded|failed)/);
  }
});

test('that was never started is not found', () => {
  for (const command of [complete, refund, fail])
    expect(() => given(command)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
});
