import { readdirSync, readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { type GraphQLSchema, isObjectType } from 'graphql';
import type { LogEvent } from '../events/envelope.ts';
import type { ResolverModule } from '../resolvers/resolver-module.ts';
import { scalars } from './scalars.ts';

/**
 * The contract, executable. An event is of the GraphQL type that one of the modules names for it, else a GenericEvent,
 * and every event type inherits the resolvers and descriptions of the interface. Throws when a resolver has no field in the
 * contract.
 */
export function createSchema(modules: readonly ResolverModule[]): GraphQLSchema {
  const eventTypes = new Map(modules.flatMap((module) => Object.entries(module.eventTypes ?? {})));
  const resolveType = (event: LogEvent) => eventTypes.get(event.type) ?? 'GenericEvent';
  const schema = makeExecutableSchema({
    typeDefs: readContract(),
    resolvers: [
      scalars,
      { Event: { __resolveType: resolveType } },
      ...modules.map((module) => module.resolvers as Record<string, never>),
    ],
    inheritResolversFromInterfaces: true,
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
  inheritDescriptions(schema);
  return schema;
}

/** What an interface says of a field holds for every type that has it, and is written once. */
function inheritDescriptions(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    for (const field of Object.values(type.getFields())) {
      field.description ??= type
        .getInterfaces()
        .flatMap((one) => one.getFields()[field.name] ?? [])[0]?.description;
    }
  }
}

/** The contract's files, in the order of their names. */
export function readContract(): string[] {
  const folder = new URL('./', import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith('.graphql'));
  return names.sort().map((name) => readFileSync(new URL(name, folder), 'utf8'));
}
