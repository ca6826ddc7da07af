/**
 * Subscriptions of events that share an execution: an event is executed once and turned into bytes once, however many
 * they are. Those that follow take from one backlog; one that is behind reads history at its own pace, and then follows.
 */
import type { LogEvent } from '../events/envelope.ts';
import type { LogFilter } from '../log/filter.ts';
import { type Containment, containTo } from '../platform/contained.ts';
import { contained } from '../platform/errors.ts';
import type { Logger } from '../platform/logger.ts';
import { itself } from '../platform/requester.ts';
import { Backlog } from './backlog.ts';
import { logReplaced } from './cursor.ts';
import { EventMember, type MembersGroup } from './event-member.ts';
import type { History } from './history.ts';
import type { Message } from './message.ts';
import type { Membership, Outlet } from './outlet.ts';
import type { EventsSource } from './sources.ts';
import type { Tail, TailSubscriber } from './tail.ts';

/** Executes the group's operation for an event, or tells of an error. Never throws. */
export interface Renderer {
  event(event: LogEvent): Message | Promise<Message>;
  error(error: unknown): Message;
  cursor(position: number): string;
}

export interface EventGroupOptions {
  readonly tail: Tail;
  readonly history: History;
  readonly filter: LogFilter;
  readonly renderer: Renderer;
  readonly logger: Logger;
  /** Nobody is left */
  readonly onEmpty: () => void;
}

// beyond it history is cheaper to read again than to keep: a slow client must not cost memory
const backlogBounds = (members: number) => ({
  maxEntries: 1_024,
  maxBytes: Math.min(2_097_152, 32_768 * members),
});
const maxExecuting = 256; // events of one group
const rememberedMessages = 512; // of history, for members who read the same at about the same time

export class EventGroup implements TailSubscriber, MembersGroup {
  readonly filter: LogFilter;
  readonly backlog: Backlog;
  readonly tail: Tail;
  readonly history: History;
  /** Of the group: a fault in it ends its subscriptions, and no other group's */
  readonly #containment: Containment;
  readonly #logger: Logger;
  readonly #renderer: Renderer;
  readonly #onEmpty: () => void;
  readonly #members = new Set<EventMember>();
  readonly #remembered = new Map<number, Message | Promise<Message>>();
  #flushing = false;
  /** What the backlog tells of a message that came later */
  readonly #settled = {
    ready: () => this.flushSoon(),
    fault: (error: unknown) => this.#containment.fail(error),
  };

  constructor({ tail, history, filter, renderer, logger, onEmpty }: EventGroupOptions) {
    this.tail = tail;
    this.history = history;
    this.filter = filter;
    this.#renderer = renderer;
    this.#onEmpty = onEmpty;
    this.#logger = logger;
    this.#containment = containTo('event group', logger, () => this.end(contained()));
    this.backlog = new Backlog(tail.join(this));
  }

  get size(): number {
    return this.#members.size;
  }

  /** How many members are reading history. */
  get behind(): number {
    let behind = 0;
    for (const member of this.#members) if (!member.live) behind += 1;
    return behind;
  }

  /** The outlet gets every matching event after where the source starts. */
  join(outlet: Outlet, { epoch, after }: EventsSource, requester = itself): Membership {
    const member = new EventMember(this, outlet, after, requester);
    this.#members.add(member);
    // replaced since the cursor was read: positions mean something else now
    if (epoch !== this.tail.epoch) member.fail(logReplaced());
    member.pump();
    return member;
  }

  leave(member: EventMember): void {
    if (!this.#members.delete(member)) return;
    if (this.#members.size > 0) return void this.flushSoon(); // what was held for it may go
    this.tail.leave(this);
    this.#onEmpty();
  }

  receive(event: LogEvent): void {
    try {
      // more at once would only pile up; those who follow read it from history, at the pace of execution
      if (this.backlog.executing >= maxExecuting) this.backlog.skip(event.position);
      else this.backlog.push(event.position, this.#renderer.event(event), this.#settled);
    } catch (error) {
      this.#containment.fail(error);
    }
  }

  /** Sends what waits to those who take it, a part at a time to each; true when there is more that could be sent. */
  flush(): boolean {
    try {
      return this.#flush();
    } catch (error) {
      this.#containment.fail(error);
      return false;
    }
  }

  #flush(): boolean {
    let [more, behind] = [false, false];
    let [wanted, awaited] = [this.backlog.end, this.backlog.end];
    for (const member of this.#members) {
      if (member.pump()) more = true;
      if (!member.live) behind = true;
      else wanted = Math.min(wanted, member.wanted);
      if (member.live && !member.blocked) awaited = Math.min(awaited, member.wanted);
    }
    if (!behind) this.#remembered.clear();
    this.backlog.trim(wanted, awaited, backlogBounds(this.size));
    return more;
  }

  flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(
      this.#containment.wrap(() => {
        this.#flushing = false;
        if (this.flush()) this.flushSoon();
      }),
    );
  }

  /** The log was replaced: nothing that follows has to do with what came before. */
  end(error: unknown): void {
    for (const member of [...this.#members]) member.fail(error);
  }

  contain(error: unknown, member: EventMember): void {
    containTo('subscription', this.#logger, () => member.fail(contained())).fail(error);
  }

  recall(event: LogEvent): Message | Promise<Message> {
    if (this.#members.size === 1) return this.#renderer.event(event);
    const known = this.#remembered.get(event.position);
    if (known) return known;
    const message = this.#renderer.event(event);
    if (this.#remembered.size >= rememberedMessages) {
      this.#remembered.delete(this.#remembered.keys().next().value!);
    }
    this.#remembered.set(event.position, message);
    return message;
  }

  errorMessage(error: unknown): Message {
    return this.#renderer.error(error);
  }

  cursor(position: number): string {
    return this.#renderer.cursor(position);
  }
}
