/** What a transport and a group know of each other: a subscription's way out, and its place in the group. */
import type { Message } from './message.ts';

/** Takes the results of one subscription to its client. */
export interface Outlet {
  /** Too much is unsent, because the client reads slowly: nothing is to be sent until the transport calls `resume`. */
  readonly blocked: boolean;
  /** Sends the messages in order, as one write. */
  send(messages: readonly Message[]): void;
  /** The subscription follows what is live again, after it had to read history. */
  caughtUp(): void;
  /** Nothing more will come. */
  complete(): void;
}

/** One subscription's place in its group. */
export interface Membership {
  /** Goes on sending: to be called when an outlet that was blocked takes more. */
  resume(): void;
  /** Nothing is sent afterwards. Fine when it is over already. */
  leave(): void;
  /** How far the client is; undefined for a signal, which needs no place to go on from. */
  progress(): Progress | undefined;
}

export interface Progress {
  /** Everything that matches up to here was sent */
  readonly cursor: string;
  /** False while history is being read */
  readonly live: boolean;
}
