import { describe, expect, test } from 'vitest';
import {
  type Decision,
  decideHeartbeat,
  decideQualityChange,
  decideStart,
  decideStop,
  type Ended,
  type Watching,
} from '../../src/domains/streaming/session.ts';
import { atSecond, film, t0 } from './support.ts';

const video = film('metropolis', ['Drama', 'Sci-Fi'], 'Metropolis');
const watching: Watching = {
  status: 'watching',
  id: 'session-1',
  userId: 'ann',
  videoId: 'metropolis',
  quality: 'HD',
  startedAt: t0,
  lastSeenAt: atSecond(10),
  version: 4,
};
const ended: Ended = { ...watching, status: 'ended', endedAt: atSecond(60), watchedSeconds: 60, version: 5 };

const facts = ({ events }: Decision) =>
  events.map(({ definition, aggregateId, aggregateVersion, occurredAt, payload }) => ({
    type: definition.type,
    aggregateId,
    aggregateVersion,
    occurredAt,
    payload,
  }));
const identity = { sessionId: 'session-1', userId: 'ann', videoId: 'metropolis' };

describe('given nothing', () => {
  test('a start gives a session at version 1, and an event with all that services need of the video', () => {
    const decision = decideStart({ sessionId: 'session-1', userId: 'ann', video, quality: 'UHD' }, t0);
    expect(decision.session).toEqual({ ...watching, quality: 'UHD', lastSeenAt: t0, version: 1 });
    expect(facts(decision)).toEqual([
      {
        type: 'video.watch_started',
        aggregateId: 'session-1',
        aggregateVersion: 1,
        occurredAt: t0,
        payload: { ...identity, quality: 'UHD', title: 'Metropolis', genres: ['Drama', 'Sci-Fi'] },
      },
    ]);
  });
});

describe('given a session that is being watched', () => {
  test('another quality changes it', () => {
    const decision = decideQualityChange(watching, 'SD', atSecond(20));
    expect(decision.session).toEqual({ ...watching, quality: 'SD', version: 5 });
    expect(facts(decision)).toEqual([
      {
        type: 'video.quality_changed',
        aggregateId: 'session-1',
        aggregateVersion: 5,
        occurredAt: atSecond(20),
        payload: { ...identity, from: 'HD', to: 'SD' },
      },
    ]);
  });

  test('the quality that it has changes nothing', () => {
    expect(decideQualityChange(watching, 'HD', atSecond(20))).toEqual({ session: watching, events: [] });
  });

  test('a heartbeat is seen and counted', () => {
    const decision = decideHeartbeat(watching, atSecond(20));
    expect(decision.session).toEqual({ ...watching, lastSeenAt: atSecond(20), version: 5 });
    expect(facts(decision)).toMatchObject([{ type: 'video.heartbeat', aggregateVersion: 5 }]);
  });

  test('a heartbeat by a clock that is behind does not make it older', () => {
    expect(decideHeartbeat(watching, atSecond(5)).session.lastSeenAt).toEqual(atSecond(10));
  });

  test('a stop ends it, and counts whole seconds since its start', () => {
    const decision = decideStop(watching, atSecond(61.9));
    expect(decision.session).toEqual({
      ...watching,
      status: 'ended',
      endedAt: atSecond(61.9),
      watchedSeconds: 61,
      version: 5,
    });
    expect(facts(decision)).toEqual([
      {
        type: 'video.watch_stopped',
        aggregateId: 'session-1',
        aggregateVersion: 5,
        occurredAt: atSecond(61.9),
        payload: { ...identity, watchedSeconds: 61 },
      },
    ]);
  });

  test('a stop by a clock that is behind counts no negative time', () => {
    expect(decideStop(watching, atSecond(-5)).session).toMatchObject({ endedAt: t0, watchedSeconds: 0 });
  });
});

describe('given a session that has ended', () => {
  const refusal = expect.objectContaining({ code: 'SESSION_ENDED' });
  test.each([
    ['a change of quality', () => decideQualityChange(ended, 'SD', atSecond(90))],
    ['the quality that it had', () => decideQualityChange(ended, 'HD', atSecond(90))],
    ['a heartbeat', () => decideHeartbeat(ended, atSecond(90))],
    ['a second stop', () => decideStop(ended, atSecond(90))],
  ])('%s is refused', (_, decide) => {
    expect(decide).toThrow(refusal);
  });
});
