import type { AnyEventDefinition } from '../events/catalogue.ts';
import type { ResolverModule } from '../resolvers/resolver-module.ts';
import type { Reaction } from '../workers/reaction.ts';

/** Tells watchers of a signal that its value may have changed. */
export type SignalChanged = (signal: string) => void;

/** What a domain brings. */
export interface Module {
  readonly events: readonly AnyEventDefinition[];
  readonly resolvers: ResolverModule;
  readonly reactions: (changed: SignalChanged) => readonly Reaction[];
}
