import type { AnyEventDefinition } from '../events/catalogue.ts';
import type { SignalChanged } from '../live/signal-channel.ts';
import type { ResolverModule } from '../resolvers/resolver-module.ts';
import type { Reaction } from '../workers/reaction.ts';

/** What a domain brings. */
export interface Module {
  readonly events: readonly AnyEventDefinition[];
  readonly resolvers: ResolverModule;
  readonly reactions: (changed: SignalChanged) => readonly Reaction[];
  /**
   * Aggregate types that are signals too: whatever records an event of one, its watchers are told. Such a signal has
   * the aggregate type's name, and is about the aggregate's id.
   */
  readonly signals?: readonly string[];
}
