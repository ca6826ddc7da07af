/**
 * The sequence number of an event, hidden in its session id: it passes through every server as what it is, a UUID, and
 * is found in any message without knowing its format.
 */

const prefix = '00000000-0000-7000-8000-';
const digits = 12;
const [zero, nine] = [...Buffer.from('09')] as [number, number];

export const sessionIdOf = (sequence: number): string => prefix + String(sequence).padStart(digits, '0');

export const sequenceOf = (sessionId: string): number => Number(sessionId.slice(prefix.length));

/** The sequence number in `bytes[start, end)`, or -1 when there is none. */
export function sequenceIn(bytes: Buffer, start: number, end: number): number {
  const at = bytes.indexOf(prefix, start, 'latin1') + prefix.length;
  if (at < prefix.length || at + digits > end) return -1;
  let sequence = 0;
  for (let index = at; index < at + digits; index += 1) {
    const byte = bytes[index]!;
    if (byte < zero || byte > nine) return -1;
    sequence = sequence * 10 + byte - zero;
  }
  return sequence;
}
