/** What a client may say on a WebSocket: messages of the protocol, within bounds that no honest client meets. */
import { type Message, parseMessage } from 'graphql-ws';

/** The message breaks the protocol or a bound. Its text is for the client. */
export class BadMessageError extends Error {
  override readonly name = 'BadMessageError';
}

export const maxIdLength = 512; // characters: ids come back with every message and every keep-alive
const maxDepth = 64; // levels: what nests deeper overflows the stack of whoever walks through it
const maxLengthBefore = 16_384; // characters before the client is known: a token is a few thousand

/** Throws a BadMessageError that names the bound, before anything of the message is kept. */
export function readMessage(text: string, { known }: { readonly known: boolean }): Message {
  if (!known && text.length > maxLengthBefore) {
    throw new BadMessageError(
      `Before the acknowledgement a message has at most ${maxLengthBefore} characters`,
    );
  }
  if (nestsDeeperThan(maxDepth, text))
    throw new BadMessageError(`A message nests at most ${maxDepth} levels`);
  const message = parsed(text);
  if ('id' in message && message.id.length > maxIdLength) {
    throw new BadMessageError(`An id has at most ${maxIdLength} characters`);
  }
  return message;
}

function parsed(text: string): Message {
  try {
    return parseMessage(text);
  } catch {
    throw new BadMessageError('Invalid message received');
  }
}

const [quote, backslash, openList, closeList, openObject, closeObject] = Array.from('"\\[]{}', (character) =>
  character.charCodeAt(0),
);

/** Whether lists and objects of the JSON text lie more than `most` deep in each other; looks at each character once. */
export function nestsDeeperThan(most: number, text: string): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) inText = !inText;
    else if (inText) {
      if (code === backslash) at += 1;
    } else if (code === openList || code === openObject) {
      depth += 1;
      if (depth > most) return true;
    } else if (code === closeList || code === closeObject) depth -= 1;
  }
  return false;
}
