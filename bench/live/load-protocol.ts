/** What the bench tells its load client, and what that answers: one answer to each command, in order. */

export type LoadCommand =
  | ({ readonly do: 'open' } & OpenCommand)
  | ({ readonly do: 'begin' } & BeginCommand)
  | { readonly do: 'count' }
  | { readonly do: 'end' }
  | { readonly do: 'close' };

export interface OpenCommand {
  readonly port: number;
  readonly path: string;
  readonly sockets: number;
  /** undefined: the server sends as soon as a socket is open */
  readonly query: string | undefined;
  /** Those of each socket's subscription, by its number; the same for all when there is one entry only */
  readonly variables: readonly object[];
}

export interface BeginCommand {
  /** How many sockets have every event's sequence number checked, spread over all: the others' events are counted */
  readonly checked: number;
  /** The sequence number of the first event; undefined where sockets join in the middle, or get only some events */
  readonly first: number | undefined;
  /** Notes when each event arrived */
  readonly receipts: boolean;
}

/** How far the sockets are since `begin`. */
export interface LoadCount {
  /** `next` messages, of all sockets together */
  readonly deliveries: number;
  /** Of these messages, without their frame headers */
  readonly bytes: number;
  /** The smallest of the newest sequence numbers of the checked sockets; -1 while one has seen none */
  readonly newest: number;
  /** Of the load client since it started, user and system, s */
  readonly cpuSeconds: number;
  /** When this was true, on the machine's monotonic clock, ms */
  readonly atMs: number;
}

export interface LoadEnd extends LoadCount {
  /** Events that arrived, by socket */
  readonly perSocket: Uint32Array;
  /** What is wrong, such as an event out of order; the first few */
  readonly faults: readonly string[];
  readonly receipts: Receipts | undefined;
}

/** Of each delivery, in the order of their arrival */
export interface Receipts {
  readonly socket: Uint32Array;
  /** Which event of this socket it was, from 0 */
  readonly event: Uint32Array;
  /** When it came, on the machine's monotonic clock, ms */
  readonly atMs: Float64Array;
}

/** Told without being asked, at most once per turn of the client's event loop. */
export interface LoadProgress {
  /** Every socket has this many events since `begin` */
  readonly completed: number;
  /** What is wrong, as in `LoadEnd` */
  readonly faults: readonly string[];
  readonly atMs: number;
}

export type LoadMessage =
  | { readonly answer: LoadCount | LoadEnd | { readonly sockets: number } }
  | { readonly failed: string }
  | { readonly progress: LoadProgress };
