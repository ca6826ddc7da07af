/** The domains of this platform: the one place that a new one is added to. */
import { eventResolvers } from '../resolvers/events/index.ts';
import { operationsResolvers } from '../resolvers/operations/index.ts';
import type { ResolverModule } from '../resolvers/resolver-module.ts';
import { bankingModule } from './banking-module.ts';
import type { Module } from './module.ts';
import { createPlatform } from './platform.ts';
import { streamingModule } from './streaming-module.ts';

export const modules: readonly Module[] = [streamingModule, bankingModule];

export const platform = createPlatform(modules);

export const { catalogue, eventTypes, reactions: allReactions } = platform;

/** The API: that of the log, that of its operators, and what each domain adds. */
export const resolverModules: readonly ResolverModule[] = [
  eventResolvers,
  operationsResolvers,
  ...modules.map((module) => module.resolvers),
];
