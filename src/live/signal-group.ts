/**
 * Subscriptions of a signal that share an execution: each value is executed once for all. A client that reads slowly
 * gets the newest value when it takes more, and never those between. A value that reads the same to these clients as
 * the one before, since they have not selected what changed, is not sent.
 */
import { type Containment, containTo } from '../platform/contained.ts';
import { contained } from '../platform/errors.ts';
import type { Logger } from '../platform/logger.ts';
import type { Message } from './message.ts';
import type { Membership, Outlet } from './outlet.ts';
import type { SignalSubscription, Signals, SignalWatch } from './signals.ts';

export interface SignalGroupOptions {
  readonly signals: Signals;
  readonly watch: SignalWatch<unknown>;
  /** Executes the group's operation for a value. Never throws. */
  readonly render: (value: unknown) => Message | Promise<Message>;
  readonly errorMessage: (error: unknown) => Message;
  readonly logger: Logger;
  /** Nobody is left */
  readonly onEmpty: () => void;
}

export class SignalGroup {
  readonly #options: SignalGroupOptions;
  readonly #members = new Set<SignalMember>();
  readonly #containment: Containment;
  readonly #subscription: SignalSubscription;
  #latest: Message | undefined;
  #waiting: { readonly value: unknown } | undefined;
  #rendering = false;

  constructor(options: SignalGroupOptions) {
    this.#options = options;
    this.#containment = containTo('signal group', options.logger, () => this.#end(contained()));
    this.#subscription = options.signals.watch(options.watch, {
      changed: (value) => {
        this.#waiting = { value };
        if (!this.#rendering) this.#containment.wrap(() => this.#render())();
      },
      ended: (error) => this.#end(error),
    });
  }

  get size(): number {
    return this.#members.size;
  }

  /** The newest message; undefined until the value was read. */
  get latest(): Message | undefined {
    return this.#latest;
  }

  join(outlet: Outlet): Membership {
    const member = new SignalMember(this, outlet, this.#options.logger);
    this.#members.add(member);
    member.resume();
    return member;
  }

  leave(member: SignalMember): void {
    if (!this.#members.delete(member) || this.#members.size > 0) return;
    this.#subscription.leave();
    this.#options.onEmpty();
  }

  /** One value after the other; of those that arrive meanwhile the newest. */
  async #render(): Promise<void> {
    this.#rendering = true;
    while (this.#waiting) {
      const { value } = this.#waiting;
      this.#waiting = undefined;
      const message = await this.#options.render(value);
      if (this.#latest?.tail.equals(message.tail)) continue;
      this.#latest = message;
      for (const member of this.#members) member.resume();
    }
    this.#rendering = false;
  }

  #end(error?: unknown): void {
    const message = error === undefined ? undefined : this.#options.errorMessage(error);
    for (const member of [...this.#members]) member.end(message);
  }
}

class SignalMember implements Membership {
  readonly #group: SignalGroup;
  readonly #outlet: Outlet;
  readonly #logger: Logger;
  #sent: Message | undefined;
  #over = false;

  constructor(group: SignalGroup, outlet: Outlet, logger: Logger) {
    this.#group = group;
    this.#outlet = outlet;
    this.#logger = logger;
  }

  /** Sends what is newest. A throw ends this subscription and no other. */
  resume(): void {
    try {
      this.#send();
    } catch (error) {
      containTo('subscription of a signal', this.#logger, () => this.end(undefined)).fail(error);
    }
  }

  #send(): void {
    const { latest } = this.#group;
    if (this.#over || !latest || this.#outlet.blocked) return;
    // also when others came between that this client was too slow for
    if (latest === this.#sent || this.#sent?.tail.equals(latest.tail)) return;
    this.#sent = latest;
    this.#outlet.send([latest]);
  }

  leave(): void {
    if (this.#over) return;
    this.#over = true;
    this.#group.leave(this);
  }

  end(message: Message | undefined): void {
    if (message) this.#outlet.send([message]);
    this.leave();
    this.#outlet.complete();
  }

  progress(): undefined {}
}
