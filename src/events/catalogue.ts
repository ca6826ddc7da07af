import type { EventDefinition } from './define-event.ts';
import type { Envelope } from './envelope.ts';
import { matchesType } from './patterns.ts';

// biome-ignore lint/suspicious/noExplicitAny: definitions of all payload types stand side by side here
export type AnyEventDefinition = EventDefinition<any, string>;

/** Every event type of the platform, by name. */
export interface Catalogue {
  readonly definitions: readonly AnyEventDefinition[];
  readonly topics: readonly string[];
  find(type: string): AnyEventDefinition | undefined;
  /** The topics that hold events of these types; all topics when no types are named. */
  topicsOf(patterns?: readonly string[]): readonly string[];
  /** The payload in the newest schema version, or as it stands when the type or version is unknown to this code. */
  newestPayload(envelope: Envelope): unknown;
}

/** Throws when two definitions share a type. */
export function createCatalogue(definitions: readonly AnyEventDefinition[]): Catalogue {
  const byType = new Map<string, AnyEventDefinition>();
  for (const definition of definitions) {
    if (byType.has(definition.type)) throw new Error(`event type ${definition.type} is defined twice`);
    byType.set(definition.type, definition);
  }
  const topics = [...new Set(definitions.map((definition) => definition.topic))].sort();
  return {
    definitions,
    topics,
    find: (type) => byType.get(type),
    topicsOf(patterns) {
      if (!patterns) return topics;
      const matching = definitions.filter((definition) => matchesType(patterns, definition.type));
      return [...new Set(matching.map((definition) => definition.topic))].sort();
    },
    newestPayload(envelope) {
      const definition = byType.get(envelope.type);
      // a rolling deploy: newer code wrote it, and clients get it as it stands
      if (!definition || envelope.schemaVersion >= definition.schemaVersion) return envelope.payload;
      return definition.read(envelope);
    },
  };
}
