import { describe, expect, test } from 'vitest';
import { type Arrival, judge, latencyOf, type Recorded } from '../../demo/verdict.ts';

/** Five events of two aggregates, committed at 1000, 1010, … ms. */
const recorded = ['a1', 'b1', 'a2', 'b2', 'a3'].map(
  (id, index): Recorded => ({
    id,
    position: (index + 1) * 10,
    type: 'video.heartbeat',
    keys: [],
    aggregate: `session/${id[0]}`,
    aggregateVersion: Number(id[1]),
    committedAt: 1_000 + index * 10,
  }),
);
const arrivals = (...ids: string[]): Arrival[] => ids.map((id, index) => ({ id, at: 1_003 + index * 10 }));
const faultless = { delivered: 5, lost: 0, doubled: 0, reordered: 0, phantom: 0 };

describe('the verdict', () => {
  test('finds no fault when all arrived once and in order', () => {
    expect(judge(recorded, arrivals('a1', 'b1', 'a2', 'b2', 'a3'))).toEqual(faultless);
  });

  test('counts one that never arrived as lost, also the last', () => {
    expect(judge(recorded, arrivals('a1', 'b1', 'b2', 'a3'))).toEqual({
      ...faultless,
      delivered: 4,
      lost: 1,
    });
    expect(judge(recorded, arrivals('a1', 'b1', 'a2', 'b2'))).toEqual({
      ...faultless,
      delivered: 4,
      lost: 1,
    });
  });

  test('counts every arrival after the first as doubled, and not as out of order', () => {
    const twice = arrivals('a1', 'b1', 'b1', 'a2', 'b2', 'a3', 'a1');
    expect(judge(recorded, twice)).toEqual({ ...faultless, doubled: 2 });
  });

  test('counts what comes after a later position as out of order', () => {
    expect(judge(recorded, arrivals('a1', 'a2', 'b1', 'b2', 'a3'))).toEqual({ ...faultless, reordered: 1 });
  });

  test('counts what comes after a later version of its aggregate as out of order, whatever the positions say', () => {
    const swapped = recorded.map((event) => ({
      ...event,
      aggregateVersion: { a2: 3, a3: 2 }[event.id] ?? event.aggregateVersion,
    }));
    expect(judge(swapped, arrivals('a1', 'b1', 'a2', 'b2', 'a3'))).toEqual({ ...faultless, reordered: 1 });
  });

  test('counts what was never committed', () => {
    const more = arrivals('a1', 'b1', 'ghost', 'a2', 'b2', 'a3');
    expect(judge(recorded, more)).toEqual({ ...faultless, phantom: 1 });
  });
});

describe('latency', () => {
  const all = { after: 0, upTo: Number.POSITIVE_INFINITY };

  test('runs from the commit to the first arrival', () => {
    const seen = [...arrivals('a1', 'b1', 'a2', 'b2'), { id: 'a3', at: 1_100 }, { id: 'a1', at: 2_000 }];
    expect(latencyOf(recorded, seen, all)).toEqual({ p50: 3, p99: 60 });
  });

  test('is that of the events in the range', () => {
    const seen = [...arrivals('a1', 'b1', 'a2', 'b2'), { id: 'a3', at: 1_100 }];
    expect(latencyOf(recorded, seen, { after: 0, upTo: 40 })).toEqual({ p50: 3, p99: 3 });
    expect(latencyOf(recorded, seen, { after: 40, upTo: 50 })).toEqual({ p50: 60, p99: 60 });
  });

  test('is none without an event', () => {
    expect(latencyOf(recorded, [], all)).toBeUndefined();
  });
});
