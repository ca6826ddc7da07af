import type { ExecutionResult } from 'graphql';

/** A result as it goes to every client of a group: executed once, and turned into bytes once. */
export interface Message {
  /** Of the event that it tells; 0 when it tells of none */
  readonly position: number;
  /** Where a client that has received it goes on; undefined when there is nothing to go on from */
  readonly cursor: string | undefined;
  /** The result as JSON, and a closing brace after it: what follows the operation's id in a `next` message */
  readonly tail: Buffer;
}

/** The result's JSON alone. */
export const jsonOf = ({ tail }: Message): Buffer => tail.subarray(0, -1);

export function toMessage(result: ExecutionResult, position = 0, cursor?: string): Message {
  return { position, cursor, tail: Buffer.from(`${JSON.stringify(result)}}`) };
}

/** Messages from an index on: at least one if there is any, and about so many bytes. */
export function takeBytes(messages: readonly Message[], start: number, bytes: number): readonly Message[] {
  let end = start;
  for (let taken = 0; end < messages.length && taken < bytes; end += 1) taken += messages[end]!.tail.length;
  return messages.slice(start, end);
}
