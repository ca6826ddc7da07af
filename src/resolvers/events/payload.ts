import type { EventDefinition } from '../../events/define-event.ts';
import type { LogEvent } from '../../events/envelope.ts';
import type { Context } from '../context.ts';

const newest = new WeakMap<LogEvent, unknown>();

/** The event's payload in the newest schema version; lifted once, however many fields ask for it. */
export function payloadOf(event: LogEvent, { services }: Context): unknown {
  if (!newest.has(event)) newest.set(event, services.catalogue.newestPayload(event));
  return newest.get(event);
}

/** Makes resolvers that each give one field of the payload of events of this definition. */
export function payloadFields<Payload>(_definition: EventDefinition<Payload>) {
  return <Name extends keyof Payload>(name: Name) =>
    (event: LogEvent, _args: unknown, context: Context): Payload[Name] =>
      (payloadOf(event, context) as Payload)[name];
}

/** Resolvers of several fields of the payload, each under its own name. */
export function fieldsOfPayload<Payload, Name extends keyof Payload & string>(
  definition: EventDefinition<Payload>,
  ...names: readonly Name[]
) {
  const field = payloadFields(definition);
  return Object.fromEntries(names.map((name) => [name, field(name)])) as {
    readonly [Each in Name]: ReturnType<typeof field<Each>>;
  };
}
