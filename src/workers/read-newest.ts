import type { AnyEventDefinition } from '../events/catalogue.ts';
import { NewerSchemaError } from '../events/define-event.ts';
import type { LogEvent } from '../events/envelope.ts';
import { WaitError } from './errors.ts';

/** Only newer code can handle the event: it waits for a worker that has it. */
export class NewerCodeError extends WaitError {
  override readonly name = 'NewerCodeError';
}

const waitMs = 2_000;

/**
 * The event with its payload in the newest schema version, checked. Throws NewerCodeError for a version, or a type, that
 * this code does not know.
 */
export function readNewest(definitions: readonly AnyEventDefinition[], event: LogEvent): LogEvent {
  const definition = definitions.find(({ type }) => type === event.type);
  if (!definition) {
    throw new NewerCodeError(`no handler is declared here for events of type ${event.type}`, waitMs);
  }
  return { ...event, schemaVersion: definition.schemaVersion, payload: read(definition, event) };
}

function read(definition: AnyEventDefinition, event: LogEvent): unknown {
  try {
    return definition.read(event);
  } catch (cause) {
    if (cause instanceof NewerSchemaError) throw new NewerCodeError(cause.message, waitMs, { cause });
    throw cause;
  }
}
