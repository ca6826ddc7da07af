/** The domains of this platform: the one place that a new one is added to. */
import { createCatalogue } from '../events/catalogue.ts';
import type { NewEvent } from '../events/define-event.ts';
import type { SignalChanged } from '../live/signal-channel.ts';
import { eventResolvers } from '../resolvers/events/index.ts';
import { operationsResolvers } from '../resolvers/operations/index.ts';
import type { ResolverModule } from '../resolvers/resolver-module.ts';
import type { Reaction } from '../workers/reaction.ts';
import { bankingModule } from './banking-module.ts';
import type { Module } from './module.ts';
import { streamingModule } from './streaming-module.ts';

export const modules: readonly Module[] = [streamingModule, bankingModule];

export const catalogue = createCatalogue(modules.flatMap((module) => module.events));

/** What this code knows; every process makes it known before it writes an event. */
export const eventTypes: readonly string[] = catalogue.definitions.map(({ type }) => type);

/** The API: that of the log, that of its operators, and what each domain adds. */
export const resolverModules: readonly ResolverModule[] = [
  eventResolvers,
  operationsResolvers,
  ...modules.map((module) => module.resolvers),
];

/** Every reaction of every domain. Throws when two share a name. */
export function allReactions(changed: SignalChanged): readonly Reaction[] {
  const reactions = modules.flatMap((module) => module.reactions(changed));
  const names = reactions.map((reaction) => reaction.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new Error(`two consumers are named "${twice}"`);
  return reactions;
}

const signals = new Set(modules.flatMap((module) => module.signals ?? []));

/** Tells the watchers of every aggregate that these events have changed. */
export function tellChanges(changed: SignalChanged, events: readonly NewEvent[]): void {
  for (const { definition, aggregateId } of events) {
    if (signals.has(definition.aggregateType)) changed(definition.aggregateType, aggregateId);
  }
}
