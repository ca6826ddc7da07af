/** The groups of this process: subscriptions that share an execution find each other here. */
import type { Key } from '../platform/key.ts';
import type { Logger } from '../platform/logger.ts';
import type { Requester } from '../platform/requester.ts';
import { EventGroup, type Renderer } from './event-group.ts';
import type { History } from './history.ts';
import type { Message } from './message.ts';
import type { Membership, Outlet } from './outlet.ts';
import { SignalGroup } from './signal-group.ts';
import type { Signals } from './signals.ts';
import { EventsSource, type LiveSource, type SignalSource } from './sources.ts';
import type { Tail } from './tail.ts';

/** What a group executes for each item. */
export interface GroupRenderer extends Renderer {
  value(value: unknown): Message | Promise<Message>;
}

export interface Groups {
  /**
   * Adds a subscription to the group of the key, which the first one makes with its own renderer. Its reads of history take
   * the requester's turns.
   */
  join(
    key: Key,
    source: LiveSource,
    renderer: GroupRenderer,
    outlet: Outlet,
    requester?: Requester,
  ): Membership;
  count(): GroupCount;
}

export interface GroupCount {
  readonly groups: number;
  readonly subscribers: number;
  /** Of these, how many are reading history */
  readonly behind: number;
}

export interface GroupsOptions {
  readonly tail: Tail;
  readonly history: History;
  readonly signals: Signals;
  readonly logger: Logger;
}

export function createGroups({ tail, history, signals, logger }: GroupsOptions): Groups {
  const eventGroups = new Map<Key, EventGroup>();
  const signalGroups = new Map<Key, SignalGroup>();

  const eventGroup = (key: Key, { filter }: EventsSource, renderer: Renderer) => {
    const onEmpty = () => void eventGroups.delete(key);
    return new EventGroup({ tail, history, filter, renderer, logger, onEmpty });
  };
  const signalGroup = (key: Key, { watch }: SignalSource, renderer: GroupRenderer) => {
    const onEmpty = () => void signalGroups.delete(key);
    const { value: render, error: errorMessage } = renderer;
    return new SignalGroup({ signals, watch, render, errorMessage, logger, onEmpty });
  };

  return {
    join(key, source, renderer, outlet, requester) {
      if (source instanceof EventsSource) {
        const group = eventGroups.getOrInsertComputed(key, () => eventGroup(key, source, renderer));
        return group.join(outlet, source, requester);
      }
      const group = signalGroups.getOrInsertComputed(key, () => signalGroup(key, source, renderer));
      return group.join(outlet);
    },
    count() {
      let [subscribers, behind] = [0, 0];
      for (const group of eventGroups.values()) {
        subscribers += group.size;
        behind += group.behind;
      }
      for (const group of signalGroups.values()) subscribers += group.size;
      return { groups: eventGroups.size + signalGroups.size, subscribers, behind };
    },
  };
}
