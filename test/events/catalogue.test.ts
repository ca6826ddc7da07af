import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createCatalogue } from '../../src/events/catalogue.ts';
import { defineEvent } from '../../src/events/define-event.ts';
import { type Envelope, eventCause, requestCause } from '../../src/events/envelope.ts';
import { isOneType, isTypePattern, matchesType } from '../../src/events/patterns.ts';

const define = <Type extends string>(type: Type, topic: string) =>
  defineEvent(type, z.object({ n: z.number() }), { topic, aggregateType: 'test' });
const started = define('video.started', 'video');
const beat = define('video.beat', 'video-beat');
const sent = define('mail.sent', 'mail');
const renamed = sent.next(z.object({ count: z.number() }), ({ n }) => ({ count: n }));
const catalogue = createCatalogue([started, beat, renamed]);

const envelope = (type: string, schemaVersion: number, payload: unknown): Envelope => ({
  id: '01900000-0000-7000-8000-000000000000',
  type,
  schemaVersion,
  topic: 'test',
  aggregateType: 'test',
  aggregateId: 'a',
  aggregateVersion: 1,
  occurredAt: '2026-03-01T12:00:00.000Z',
  ...requestCause('request', 'ann'),
  keys: [],
  payload,
});

describe('the catalogue', () => {
  test('finds a definition by its type, and nothing for a type that it does not know', () => {
    expect(catalogue.find('mail.sent')).toBe(renamed);
    expect(catalogue.find('mail.lost')).toBeUndefined();
  });

  test('refuses two definitions of one type', () => {
    expect(() => createCatalogue([sent, renamed])).toThrow('event type mail.sent is defined twice');
  });

  test.each([
    [undefined, ['mail', 'video', 'video-beat']],
    [['video.*'], ['video', 'video-beat']],
    [['video.started'], ['video']],
    [
      ['video.started', 'mail.*'],
      ['mail', 'video'],
    ],
    [['shop.*'], []],
    [[], []],
  ])('knows the topics of %j', (patterns, topics) => {
    expect(catalogue.topicsOf(patterns)).toEqual(topics);
  });

  test('lifts an old payload to the newest version', () => {
    expect(catalogue.newestPayload(envelope('mail.sent', 1, { n: 3 }))).toEqual({ count: 3 });
  });

  test('gives as it stands what newer code wrote', () => {
    const payload = { count: 3, unknown: true };
    expect(catalogue.newestPayload(envelope('mail.sent', 3, payload))).toBe(payload);
    expect(catalogue.newestPayload(envelope('mail.lost', 1, payload))).toBe(payload);
  });
});

describe('a pattern', () => {
  test.each([
    ['video.started', 'video.started', true],
    ['video.started', 'video.started_again', false],
    ['video.*', 'video.started', true],
    ['video.*', 'videos.started', false],
    ['video.*', 'mail.sent', false],
  ])('%s against %s: %s', (pattern, type, matches) => {
    expect(matchesType([pattern], type)).toBe(matches);
    expect(matchesType(['shop.opened', pattern], type)).toBe(matches);
  });

  test('of none matches nothing', () => {
    expect(matchesType([], 'video.started')).toBe(false);
  });

  test.each(['*', 'video', 'video.', '.started', 'video.st*', 'Video.started', 'video.a.b', "x'.*"])(
    'is not "%s"',
    (text) => expect(isTypePattern(text)).toBe(false),
  );

  test('names one type or the whole of a domain', () => {
    expect(isTypePattern('video.started') && isOneType('video.started')).toBe(true);
    expect(isTypePattern('video.*') && !isOneType('video.*')).toBe(true);
  });
});

test('what an event causes keeps its request and actor, and tells the way from the request', () => {
  const first: Envelope = { ...envelope('mail.sent', 1, {}), depth: 2, via: ['mailer', 'counter'] };
  expect(eventCause(first, 'sorter')).toEqual({
    correlationId: 'request',
    causationId: first.id,
    actor: 'ann',
    depth: 3,
    via: ['mailer', 'counter', 'sorter'],
  });
});

test('an event of older code, which says nothing of consumers, can cause others', () => {
  const { via: _none, ...older } = envelope('mail.sent', 1, {});
  expect(eventCause(older, 'sorter').via).toEqual(['sorter']);
});
