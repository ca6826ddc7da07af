/**
 * Subscriptions of a signal that share an execution: each value is executed once for all. A client that reads slowly
 * gets the newest value when it takes more, and never those between.
 */
import type { Message } from './message.ts';
import type { Membership, Outlet } from './outlet.ts';
import type { SignalSubscription, Signals, SignalWatch } from './signals.ts';

export interface SignalGroupOptions {
  readonly signals: Signals;
  readonly watch: SignalWatch<unknown>;
  /** Executes the group's operation for a value. Never throws. */
  readonly render: (value: unknown) => Message | Promise<Message>;
  readonly errorMessage: (error: unknown) => Message;
  /** Nobody is left */
  readonly onEmpty: () => void;
}

export class SignalGroup {
  readonly #options: SignalGroupOptions;
  readonly #members = new Set<SignalMember>();
  readonly #subscription: SignalSubscription;
  #latest: Message | undefined;
  #waiting: { readonly value: unknown } | undefined;
  #rendering = false;

  constructor(options: SignalGroupOptions) {
    this.#options = options;
    this.#subscription = options.signals.watch(options.watch, {
      changed: (value) => {
        this.#waiting = { value };
        if (!this.#rendering) void this.#render();
      },
      ended: (error) => {
        for (const member of [...this.#members]) member.end(error && options.errorMessage(error));
      },
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
    const member = new SignalMember(this, outlet);
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
      this.#latest = await this.#options.render(value);
      for (const member of this.#members) member.resume();
    }
    this.#rendering = false;
  }
}

class SignalMember implements Membership {
  readonly #group: SignalGroup;
  readonly #outlet: Outlet;
  #sent: Message | undefined;
  #over = false;

  constructor(group: SignalGroup, outlet: Outlet) {
    this.#group = group;
    this.#outlet = outlet;
  }

  resume(): void {
    const { latest } = this.#group;
    if (this.#over || !latest || latest === this.#sent || this.#outlet.blocked) return;
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
