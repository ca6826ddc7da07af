/**
 * Lets at most so many pieces of work run at a time. Who waits is taken in turn: the clients, and of one client its
 * connections, so that whoever asks for a thousand things holds up nobody who asks for one.
 */
import type { Requester } from './requester.ts';

export interface FairQueueOptions {
  /** Pieces of work at a time */
  readonly places: number;
  /** Of these, how many one connection can have */
  readonly perConnection?: number | undefined;
  /** And one client, over all its connections */
  readonly perClient?: number | undefined;
}

interface Entry {
  readonly requester: Requester;
  readonly start: () => void;
}

export class FairQueue {
  readonly #perConnection: number;
  readonly #perClient: number;
  /** By client and connection, whose turn it is first; none of them is empty */
  readonly #lines = new Map<string, Map<Requester['connection'], Set<Entry>>>();
  /** By connection, and by client */
  readonly #running = new Map<object | string, number>();
  #free: number;

  constructor({ places, perConnection = places, perClient = places }: FairQueueOptions) {
    this.#free = places;
    this.#perConnection = perConnection;
    this.#perClient = perClient;
  }

  /**
   * Calls `start` when there is a place: at once, or later. Gives what makes the place free again, or leaves the queue
   * when it has not been called yet; calling it again does nothing.
   */
  enter(requester: Requester, start: () => void): () => void {
    const entry = { requester, start };
    if (this.#free > 0 && this.#hasRoom(requester)) {
      this.#take(requester);
      start();
    } else this.#wait(entry);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      if (this.#stopWaiting(entry)) return;
      this.#giveBack(requester);
      this.#admit();
    };
  }

  #hasRoom({ client, connection }: Requester): boolean {
    if (connection === undefined) return true;
    const runningOf = (key: object | string) => this.#running.get(key) ?? 0;
    return runningOf(connection) < this.#perConnection && runningOf(client) < this.#perClient;
  }

  #take({ client, connection }: Requester): void {
    this.#free -= 1;
    if (connection === undefined) return;
    for (const key of [client, connection]) this.#running.set(key, (this.#running.get(key) ?? 0) + 1);
  }

  #giveBack({ client, connection }: Requester): void {
    this.#free += 1;
    if (connection === undefined) return;
    for (const key of [client, connection]) {
      const running = this.#running.get(key)! - 1;
      if (running > 0) this.#running.set(key, running);
      else this.#running.delete(key);
    }
  }

  #wait(entry: Entry): void {
    const { client, connection } = entry.requester;
    const lines = this.#lines.getOrInsertComputed(
      client,
      () => new Map<Requester['connection'], Set<Entry>>(),
    );
    lines.getOrInsertComputed(connection, () => new Set<Entry>()).add(entry);
  }

  /** False when it was not waiting. */
  #stopWaiting(entry: Entry): boolean {
    const { client, connection } = entry.requester;
    const lines = this.#lines.get(client);
    const line = lines?.get(connection);
    if (!line?.delete(entry)) return false;
    if (line.size === 0) lines!.delete(connection);
    if (lines!.size === 0) this.#lines.delete(client);
    return true;
  }

  #admit(): void {
    while (this.#free > 0) {
      const next = this.#next();
      if (!next) return;
      this.#stopWaiting(next);
      this.#take(next.requester);
      // last in turn from now on
      this.#putLast(next.requester);
      next.start();
    }
  }

  /** The oldest of the connection whose turn it is, of the client whose turn it is. */
  #next(): Entry | undefined {
    for (const [client, lines] of this.#lines) {
      for (const [connection, line] of lines) {
        if (this.#hasRoom({ client, connection })) return line.values().next().value;
      }
    }
  }

  #putLast({ client, connection }: Requester): void {
    const lines = this.#lines.get(client);
    if (!lines) return;
    this.#lines.delete(client);
    this.#lines.set(client, lines);
    const line = lines.get(connection);
    if (!line) return;
    lines.delete(connection);
    lines.set(connection, line);
  }
}
