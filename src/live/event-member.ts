/**
 * One subscription's way through the log. It follows its group's backlog; when it comes from further back, or reads so
 * slowly that the backlog has moved on, it reads history until it has caught up.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { LogEvent } from '../events/envelope.ts';
import type { LogFilter } from '../log/filter.ts';
import { EpochChangedError } from '../log/reader.ts';
import { DomainError } from '../platform/errors.ts';
import type { Requester } from '../platform/requester.ts';
import type { Backlog } from './backlog.ts';
import { logReplaced } from './cursor.ts';
import type { History } from './history.ts';
import { type Message, takeBytes } from './message.ts';
import type { Membership, Outlet, Progress } from './outlet.ts';
import type { Tail } from './tail.ts';

const writeBytes = 49_152; // about; so that members take turns, and one write stays below a socket's high-water mark
const historyPage = 200; // events
const executeAtOnce = 64; // results that take long would make whoever is behind fall behind further, one by one
const retryMs = 250;
const nothing = () => {};

/** The group as its members see it. */
export interface MembersGroup {
  readonly filter: LogFilter;
  readonly backlog: Backlog;
  readonly tail: Tail;
  readonly history: History;
  /** The message of an event of history. Members who come back together share it. */
  recall(event: LogEvent): Message | Promise<Message>;
  errorMessage(error: unknown): Message;
  cursor(position: number): string;
  /** Something may be sent, or let go of, at the next turn. */
  flushSoon(): void;
  leave(member: EventMember): void;
  /** A fault in what was done for this member ends it, and no other. */
  contain(error: unknown, member: EventMember): void;
}

export class EventMember implements Membership {
  readonly #group: MembersGroup;
  readonly #outlet: Outlet;
  /** Everything that matches up to here was sent */
  #position: number;
  /** Index in the backlog of what is wanted next, while following */
  #wanted: number;
  #reading = false;
  #over = false;
  #wake = nothing;
  readonly #requester: Requester;
  /** What it reads is given up when it leaves */
  #reads: AbortController | undefined;

  constructor(group: MembersGroup, outlet: Outlet, after: number | undefined, requester: Requester) {
    const { backlog, tail } = group;
    this.#group = group;
    this.#outlet = outlet;
    this.#requester = requester;
    this.#position = after ?? tail.position;
    this.#wanted = this.#position < backlog.from ? backlog.first - 1 : backlog.indexAfter(this.#position);
  }

  get live(): boolean {
    return !this.#reading && this.#wanted >= this.#group.backlog.first;
  }

  get blocked(): boolean {
    return this.#outlet.blocked;
  }

  get wanted(): number {
    return this.#wanted;
  }

  /** Sends a part of what waits; true when more could be sent at once. */
  pump(): boolean {
    try {
      return this.#pump();
    } catch (error) {
      this.#group.contain(error, this);
      return false;
    }
  }

  #pump(): boolean {
    if (this.#over) return false;
    if (this.#reading) {
      this.#wake();
      return false;
    }
    const { backlog } = this.#group;
    if (this.#wanted < backlog.first) {
      this.#catchUp().catch((error) => this.#group.contain(error, this));
      return false;
    }
    if (this.#wanted >= backlog.ready || this.#outlet.blocked) return false;
    const messages = backlog.take(this.#wanted, writeBytes);
    this.#wanted += messages.length;
    // a cursor can be ahead of this process's tail when another process gave it out
    if (messages[0]!.position > this.#position) this.#send(messages);
    else this.#send(messages.filter(({ position }) => position > this.#position));
    return this.#wanted < backlog.ready && !this.#outlet.blocked;
  }

  /** What a transport calls when its client takes more. */
  resume(): void {
    while (this.pump());
    this.#group.flushSoon(); // what this member held in the backlog may go
  }

  leave(): void {
    if (this.#over) return;
    this.#over = true;
    this.#group.leave(this);
    this.#wake();
    this.#reads?.abort();
  }

  /** Ends the subscription with an error. */
  fail(error: unknown): void {
    if (this.#over) return;
    this.leave();
    this.#outlet.send([this.#group.errorMessage(error)]);
    this.#outlet.complete();
  }

  progress(): Progress {
    const { backlog, tail } = this.#group;
    const sentAll = this.live && this.#wanted >= backlog.end;
    const position = sentAll ? Math.max(this.#position, tail.position) : this.#position;
    return { cursor: this.#group.cursor(position), live: this.live };
  }

  #send(messages: readonly Message[]): void {
    if (messages.length === 0) return;
    // first: an outlet may ask for more before it returns
    this.#position = messages.at(-1)!.position;
    this.#outlet.send(messages);
  }

  async #catchUp(): Promise<void> {
    const { backlog } = this.#group;
    this.#reading = true;
    this.#reads ??= new AbortController();
    while (this.#position < backlog.from && !this.#over) {
      if (this.#outlet.blocked) await this.#untilWoken();
      else await this.#sendPage();
    }
    this.#reading = false;
    if (this.#over) return;
    this.#wanted = backlog.indexAfter(this.#position);
    this.#outlet.caughtUp();
    this.#group.flushSoon();
  }

  async #sendPage(): Promise<void> {
    const after = this.#position;
    const page = await this.#readPage(after).catch((error) => this.#recover(error));
    if (!page || !(await this.#sendAll(page.messages))) return;
    this.#position = page.next;
    // the outbox says that less is published than this process has seen: its checkpoint follows soon
    if (page.next === after) await delay(retryMs);
  }

  async #readPage(after: number): Promise<{ messages: readonly Message[]; next: number }> {
    const { history, filter, tail } = this.#group;
    const work = { requester: this.#requester, signal: this.#reads!.signal };
    const wanted = { filter, after, upTo: tail.position, limit: historyPage };
    const { events, next } = await history.read(wanted, work);
    if (this.#over) return { messages: [], next };
    const messages: Message[] = [];
    for (let start = 0; start < events.length; start += executeAtOnce) {
      const part = events.slice(start, start + executeAtOnce);
      messages.push(...(await Promise.all(part.map((event) => this.#group.recall(event)))));
    }
    return { messages, next };
  }

  /** In parts, waiting where the client reads slowly; false when the subscription ended meanwhile. */
  async #sendAll(messages: readonly Message[]): Promise<boolean> {
    for (let start = 0; start < messages.length; ) {
      while (this.#outlet.blocked && !this.#over) await this.#untilWoken();
      if (this.#over) return false;
      const part = takeBytes(messages, start, writeBytes);
      this.#send(part);
      start += part.length;
    }
    return !this.#over;
  }

  /** A store that is away is asked again: the client stays where it is, and is told so with each keep-alive. */
  async #recover(error: unknown): Promise<undefined> {
    if (this.#over) return;
    if (error instanceof EpochChangedError) this.fail(logReplaced());
    else if (error instanceof DomainError && !error.retryable) this.fail(error);
    else await delay(retryMs + Math.random() * retryMs);
  }

  async #untilWoken(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = nothing;
  }
}
