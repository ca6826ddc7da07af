import type { Message } from './message.ts';

interface Entry {
  readonly position: number;
  /** Undefined while it is being executed */
  message: Message | undefined;
}

export interface BacklogBounds {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

export interface BacklogCallbacks {
  ready(): void;
  /** A message did not come: the backlog is of no use any more. */
  fault(error: unknown): void;
}

/**
 * What a group received and has not yet sent to all who follow it, in order. Members keep the index of the entry that
 * they want next: one that reads slowly holds nothing of its own, and when the backlog has let go of what it wants, it
 * goes to history.
 */
export class Backlog {
  #entries: Entry[] = [];
  #bytes = 0;
  #first = 0;
  #ready = 0;
  #executing = 0;
  #skips = 0;
  #from: number;
  #slice:
    | { readonly start: number; readonly ready: number; readonly messages: readonly Message[] }
    | undefined;

  constructor(from: number) {
    this.#from = from;
  }

  /** Everything that was received above this position is held. */
  get from(): number {
    return this.#from;
  }

  /** Index of the oldest entry that is held. */
  get first(): number {
    return this.#first;
  }

  /** Entries below this index can be sent. */
  get ready(): number {
    return this.#ready;
  }

  /** Index that the next entry will have. */
  get end(): number {
    return this.#first + this.#entries.length;
  }

  /** Adds what was received; `ready` is called when a message that comes later has made entries ready. */
  push(position: number, message: Message | Promise<Message>, { ready, fault }: BacklogCallbacks): void {
    const entry: Entry = { position, message: undefined };
    this.#entries.push(entry);
    const settle = (settled: Message) => {
      entry.message = settled;
      this.#bytes += settled.tail.length;
      this.#advance();
    };
    if (!(message instanceof Promise)) return void settle(message);
    const skips = this.#skips;
    this.#executing += 1;
    message
      .then((settled) => {
        this.#executing -= 1;
        if (skips !== this.#skips) return; // passed over meanwhile
        settle(settled);
        ready();
      })
      .catch(fault);
  }

  /** How many messages are still being executed. */
  get executing(): number {
    return this.#executing;
  }

  /** Passes over what was received up to here: whoever follows reads it from history. */
  skip(position: number): void {
    this.#skips += 1;
    this.#first = this.end + 1;
    this.#ready = this.#first;
    this.#entries = [];
    this.#bytes = 0;
    this.#slice = undefined;
    this.#from = position;
  }

  /** The index of the first entry above the position. */
  indexAfter(position: number): number {
    const found = this.#entries.findIndex((entry) => entry.position > position);
    return found < 0 ? this.end : this.#first + found;
  }

  /** Messages that can be sent from this index on: at least one, and about so many bytes. Empty when none is ready. */
  take(index: number, bytes: number): readonly Message[] {
    // many members want the same at the same time
    if (this.#slice?.start === index && this.#slice.ready === this.#ready) return this.#slice.messages;
    const messages: Message[] = [];
    let taken = 0;
    for (let at = index; at < this.#ready && taken < bytes; at += 1) {
      const message = this.#entries[at - this.#first]!.message!;
      messages.push(message);
      taken += message.tail.length;
    }
    this.#slice = { start: index, ready: this.#ready, messages };
    return messages;
  }

  /**
   * Lets go of the entries below `wanted`, which every member has, and beyond the bounds of the oldest below `awaited`,
   * which only members want that cannot take them now.
   */
  trim(wanted: number, awaited: number, { maxEntries, maxBytes }: BacklogBounds): void {
    let count = Math.min(Math.max(wanted, this.#first), this.#ready) - this.#first;
    let [bytes, left] = [this.#bytes - this.#bytesOf(0, count), this.#entries.length - count];
    while ((left > maxEntries || bytes > maxBytes) && this.#first + count < Math.min(awaited, this.#ready)) {
      bytes -= this.#bytesOf(count, count + 1);
      left -= 1;
      count += 1;
    }
    if (count === 0) return;
    this.#slice = undefined;
    this.#from = this.#entries[count - 1]!.position;
    this.#entries = this.#entries.slice(count);
    this.#first += count;
    this.#bytes = bytes;
  }

  #bytesOf(start: number, end: number): number {
    let bytes = 0;
    for (let at = start; at < end; at += 1) bytes += this.#entries[at]!.message!.tail.length;
    return bytes;
  }

  #advance(): void {
    while (this.#ready < this.end && this.#entries[this.#ready - this.#first]!.message) this.#ready += 1;
  }
}
