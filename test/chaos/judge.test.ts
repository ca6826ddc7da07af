import { expect, test } from 'vitest';
import { countDelivered, judgeAnswers, judgeArrivals, judgeLog } from '../../chaos/judge.ts';
import { tellStory } from '../../chaos/story.ts';
import type { Recorded } from '../../demo/verdict.ts';

const event = (position: number, aggregate = 'session/a', aggregateVersion = position): Recorded => ({
  id: `e${position}`,
  position,
  type: 'video.heartbeat',
  keys: [],
  aggregate,
  aggregateVersion,
  committedAt: position * 1_000,
});
const log = [event(1), event(2), event(3)];
const arrive = (...ids: string[]) => ids.map((id, index) => ({ id, at: 5_000 + index }));
const wrongs = (...ids: string[]) =>
  judgeArrivals('client', log, arrive(...ids)).map(({ kind, eventId }) => `${kind} ${eventId}`);

test('a client that saw every event once and in order has nothing wrong', () => {
  expect(wrongs('e1', 'e2', 'e3')).toEqual([]);
});

test.each([
  [['e1', 'e3'], ['lost e2']],
  [['e1', 'e2', 'e2', 'e3'], ['doubled e2']],
  [['e1', 'e3', 'e2'], ['reordered e2']],
  [['e1', 'x', 'e2', 'e3'], ['phantom x']],
  [[], ['lost e1', 'lost e2', 'lost e3']],
])('a client that saw %j is told %j', (seen, expected) => {
  expect(wrongs(...seen)).toEqual(expected);
});

test('where only the order of aggregates was promised, only that counts', () => {
  const expected = [event(1, 'session/a', 1), event(2, 'session/b', 1), event(3, 'session/b', 2)];
  const judge = (...ids: string[]) =>
    judgeArrivals('client', expected, arrive(...ids), { inPositionOrder: false }).length;
  expect(judge('e2', 'e1', 'e3')).toBe(0);
  expect(judge('e1', 'e3', 'e2')).toBe(1);
});

test('an outbox in which the versions of an aggregate do not count up is told', () => {
  const rows = [event(1, 'a', 1), event(2, 'a', 3), event(3, 'a', 3), event(4, 'a', 2)];
  expect(judgeLog(rows).map(({ kind, eventId }) => `${kind} ${eventId}`)).toEqual([
    'lost e2',
    'doubled e3',
    'reordered e4',
  ]);
});

test('an event is delivered when it has reached everyone', () => {
  expect(countDelivered(log, [arrive('e1', 'e2', 'e3'), arrive('e1', 'e3')])).toBe(2);
});

test('a mutation that was answered and not committed is lost', () => {
  const answer = { mutation: 'heartbeat', sessionId: 's', correlationId: 'c', at: 1 };
  const committed = { correlationIds: new Set(['c']), startedSessions: new Set<string>() };
  expect(judgeAnswers([answer], committed)).toEqual([]);
  expect(judgeAnswers([{ ...answer, correlationId: 'd' }], committed)).toMatchObject([{ kind: 'lost' }]);
  expect(judgeAnswers([{ ...answer, correlationId: undefined }], committed)).toMatchObject([
    { kind: 'lost', eventId: 's' },
  ]);
});

test('the story of an event tells when it was committed, who saw it, and which faults were near', () => {
  const wish = { name: 'the whole log', field: 'events', query: '', wants: () => true, whole: true };
  const follower = (name: string, ...ids: string[]) => ({
    name,
    wish,
    arrivals: arrive(...ids),
    refused: undefined,
  });
  const followers = [follower('one', 'e1', 'e3'), follower('other', 'e1', 'e2', 'e3')];
  const [wrong] = judgeArrivals('one', log, followers[0]!.arrivals);
  const fault = { fault: 'relay-kill', from: 1_500, to: 1_900 } as const;
  const inflicted = [
    { ...fault, target: 'relay-0' },
    { ...fault, target: 'relay-1' },
    { ...fault, target: 'relay-1', from: 60_000, to: 61_000 },
  ];
  expect(tellStory(wrong!, { startedAt: 0, recorded: log, followers, inflicted }).split('\n')).toEqual([
    'lost: video.heartbeat e2, position 2, version 2 of session/a, committed at 2.00 s',
    '  one: it never arrived',
    '  one: the one before it, position 1, arrived at 5.00 s',
    '  one: the one after it, position 3, arrived at 5.00 s',
    '  other: it arrived at 5.00 s',
    '  1.50 s to 1.90 s: relay-kill of relay-0, relay-1',
  ]);
});
