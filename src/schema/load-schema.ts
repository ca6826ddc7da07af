import { readdirSync, readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import type { LogEvent } from '../events/envelope.ts';
import type { ResolverModule } from '../resolvers/resolver-module.ts';
import { scalars } from './scalars.ts';

/**
 * The contract, executable. An event is of the GraphQL type that one of the modules names for it, else a GenericEvent,
 * and every event type inherits the resolvers of the interface. Throws when a resolver has no field in the contract.
 */
export function createSchema(modules: readonly ResolverModule[]): GraphQLSchema {
  const eventTypes = new Map(modules.flatMap((module) => Object.entries(module.eventTypes ?? {})));
  const resolveType = (event: LogEvent) => eventTypes.get(event.type) ?? 'GenericEvent';
  return makeExecutableSchema({
    typeDefs: readContract(),
    resolvers: [
      scalars,
      { Event: { __resolveType: resolveType } },
      ...modules.map((module) => module.resolvers as Record<string, never>),
    ],
    inheritResolversFromInterfaces: true,
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
}

/** The contract's files, in the order of their names. */
export function readContract(): string[] {
  const folder = new URL('./', import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith('.graphql'));
  return names.sort().map((name) => readFileSync(new URL(name, folder), 'utf8'));
}
