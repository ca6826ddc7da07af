/** What the domains' modules come to, taken together. */
import { type Catalogue, createCatalogue } from '../events/catalogue.ts';
import type { NewEvent } from '../events/define-event.ts';
import type { SignalChanged } from '../live/signal-channel.ts';
import { checkReactions } from '../workers/check-reactions.ts';
import type { Reaction } from '../workers/reaction.ts';
import type { Module } from './module.ts';

export interface Platform {
  readonly catalogue: Catalogue;
  /** What this code knows; every process makes it known before it writes an event. */
  readonly eventTypes: readonly string[];
  /** Every reaction of every domain. Throws a DeclarationError for one that cannot work. */
  reactions(changed: SignalChanged): readonly Reaction[];
  /** Tells the watchers of every aggregate that these events have changed. */
  tellChanges(changed: SignalChanged, events: readonly NewEvent[]): void;
}

type Part = Pick<Module, 'events' | 'reactions' | 'signals'>;

/** Throws when two events share a type. */
export function createPlatform(modules: readonly Part[]): Platform {
  const catalogue = createCatalogue(modules.flatMap(({ events }) => events));
  const signals = new Set(modules.flatMap((module) => module.signals ?? []));
  return {
    catalogue,
    eventTypes: catalogue.definitions.map(({ type }) => type),
    reactions(changed) {
      const reactions = modules.flatMap((module) => module.reactions(changed));
      checkReactions(reactions, catalogue);
      return reactions;
    },
    tellChanges(changed, events) {
      for (const { definition, aggregateId } of events) {
        if (signals.has(definition.aggregateType)) changed(definition.aggregateType, aggregateId);
      }
    },
  };
}
