import type { AnyEventDefinition } from '../events/catalogue.ts';
import type { LogEvent } from '../events/envelope.ts';

/** The event with its payload in the newest schema version, checked. Throws for a type that is not among them. */
export function readNewest(definitions: readonly AnyEventDefinition[], event: LogEvent): LogEvent {
  const definition = definitions.find(({ type }) => type === event.type);
  if (!definition) throw new Error(`no handler is declared for events of type ${event.type}`);
  return { ...event, schemaVersion: definition.schemaVersion, payload: definition.read(event) };
}
