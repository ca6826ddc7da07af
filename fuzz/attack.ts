/** What a stranger does to the api, as plain data: it can be printed, shrunk and done again. */

/** Text in parts, so that megabytes of it are told in a line. */
export type Text = readonly (string | { readonly repeat: string; readonly times: number })[];

/** A request over HTTP, byte by byte as it is said here. */
export interface RequestAttack {
  readonly transport: 'http';
  readonly method: string;
  readonly target: Text;
  /** Lines of the head, in order; a content-length is added when `framing` says so */
  readonly headers: readonly (readonly [name: string, value: Text])[];
  readonly body: Text;
  readonly framing: 'length' | 'chunked' | 'none' | 'wrong length';
  readonly sending: Sending;
}

/** How bytes go out: at once, in small pieces, only the first half and then silence, or cut in the middle. */
export type Sending = 'whole' | 'pieces' | 'half' | 'cut';

export type Frame =
  | { readonly kind: 'text'; readonly text: Text }
  | { readonly kind: 'binary'; readonly text: Text }
  | { readonly kind: 'ping' }
  /** Bytes that are no frame, or a frame against the rules */
  | { readonly kind: 'raw'; readonly hex: string }
  /** Waits until the server has said something, or a moment */
  | { readonly kind: 'listen' };

/** A WebSocket, from its handshake to how it is left. */
export interface SocketAttack {
  readonly transport: 'socket';
  readonly protocols: readonly string[];
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly frames: readonly Frame[];
  /** `deaf`: reads nothing any more, and is cut later */
  readonly leaving: 'close' | 'terminate' | 'deaf';
}

export type Attack = RequestAttack | SocketAttack;

export const spell = (text: Text): string =>
  text.map((part) => (typeof part === 'string' ? part : part.repeat.repeat(part.times))).join('');

export const lengthOf = (text: Text): number =>
  text.reduce(
    (sum, part) => sum + (typeof part === 'string' ? part.length : part.repeat.length * part.times),
    0,
  );

/** What the api did, as far as a client can see it. */
export interface Observation {
  /** Of the response; undefined without one */
  readonly status: number | undefined;
  /** Everything that was received, cut after a bound */
  readonly received: string;
  /** The code with which a socket was closed by the server */
  readonly closed: number | undefined;
  /** A whole request that nobody answered */
  readonly unanswered: boolean;
}
