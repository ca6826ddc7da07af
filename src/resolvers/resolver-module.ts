import type { Resolvers } from '../schema/generated.ts';

/** What a domain adds to the API. */
export interface ResolverModule {
  readonly resolvers: Resolvers;
  /** The GraphQL types of its events; an event type without one is a GenericEvent */
  readonly eventTypes?: Readonly<Record<string, string>>;
}
