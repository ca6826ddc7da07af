import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clientFrame, FrameReader, serverFrame } from '../../bench/live/frames.ts';
import type { BeginCommand } from '../../bench/live/load-protocol.ts';
import { sequenceIn, sessionIdOf } from '../../bench/live/sequence.ts';
import { createTally } from '../../bench/live/tally.ts';

/** What the reader finds when the stream is read in pieces of these sizes, again and again, into one buffer. */
function readInPieces(stream: Buffer, sizes: readonly number[]) {
  const texts: string[] = [];
  const pings: string[] = [];
  const closes: string[] = [];
  const reader = new FrameReader({
    text: (bytes, start, end) => void texts.push(bytes.toString('utf8', start, end)),
    ping: (payload) => void pings.push(String(payload)),
    closed: (code, reason) => void closes.push(`${code} ${reason}`),
  });
  const buffer = Buffer.alloc(Math.max(...sizes));
  let at = 0;
  for (let piece = 0; at < stream.length; piece += 1) {
    const length = stream.copy(buffer, 0, at, at + sizes[piece % sizes.length]!);
    reader.read(buffer, length);
    at += length;
  }
  return { texts, pings, closes };
}

const message = fc.oneof(
  fc.string({ maxLength: 300, unit: 'grapheme' }),
  fc.integer({ min: 120, max: 130 }).map((length) => 'x'.repeat(length)), // where the header gets longer
);
const pieces = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 });

test('every message is found, however the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(message), pieces, (messages, sizes) => {
      const stream = Buffer.concat(messages.map((text) => serverFrame(Buffer.from(text))));
      expect(readInPieces(stream, sizes).texts).toEqual(messages);
    }),
  );
});

test('pings and the close are told apart from messages', () => {
  const stream = Buffer.concat([
    Buffer.from([0x89, 2, 0x68, 0x69]),
    serverFrame(Buffer.from('text')),
    Buffer.from([0x88, 5, 0x03, 0xe9, 0x62, 0x79, 0x65]),
  ]);
  for (const size of [1, 3, 100]) {
    expect(readInPieces(stream, [size])).toEqual({ texts: ['text'], pings: ['hi'], closes: ['1001 bye'] });
  }
});

test('a client’s frame is masked with zeros', () => {
  expect([...clientFrame('text', 'ab')]).toEqual([0x81, 0x82, 0, 0, 0, 0, 0x61, 0x62]);
});

test('a sequence number is found where it was hidden', () => {
  const text = Buffer.from(`before{"sessionId":"${sessionIdOf(90_210)}"}after`);
  expect(sequenceIn(text, 0, text.length)).toBe(90_210);
  expect(sequenceIn(text, 0, 30)).toBe(-1);
  expect(sequenceIn(Buffer.from('nothing'), 0, 7)).toBe(-1);
});

/** A tally that has received these sequence numbers at socket 0 of 2. */
function tallyOf(command: Partial<BeginCommand>, sequences: readonly number[]) {
  const tally = createTally(2, { checked: 2, first: 7, receipts: false, ...command }, () => {});
  for (const sequence of sequences) {
    const bytes = Buffer.from(sessionIdOf(sequence));
    tally.received(0, bytes, 0, bytes.length);
  }
  return tally.end();
}

test.each([
  ['lost', [7, 9], 'socket 0 got event 9 where 8 was due'],
  ['doubled', [7, 7], 'socket 0 got event 7 where 8 was due'],
  ['out of order', [8, 7], 'socket 0 got event 8 where 7 was due'],
])('an event that is %s is a fault', (_, sequences, fault) => {
  expect(tallyOf({}, sequences).faults).toContain(fault);
});

test('a socket that gets only some events may skip, but not go back', () => {
  expect(tallyOf({ first: undefined }, [7, 9, 12]).faults).toEqual([]);
  expect(tallyOf({ first: undefined }, [7, 9, 8]).faults).toEqual(['socket 0 got event 8 after 9']);
});

test('an event is complete when the last socket has it', () => {
  const completed: number[] = [];
  const tally = createTally(2, { checked: 0, first: undefined, receipts: false }, () =>
    completed.push(tally.progress().completed),
  );
  const nothing = Buffer.alloc(0);
  for (const socket of [0, 0, 1]) tally.received(socket, nothing, 0, 0);
  expect(completed).toEqual([1]);
  tally.received(1, nothing, 0, 0);
  expect(completed).toEqual([1, 2]);
  expect([...tally.end().perSocket]).toEqual([2, 2]);
});
