import type { ZodType, z } from 'zod';
import type { Envelope, LogEvent } from './envelope.ts';

/** What a domain gives to `record`: the envelope's other fields are filled in there. */
export interface NewEvent<Payload = unknown> {
  /** UUID version 7; given by whoever keeps the event elsewhere too, else made when it is recorded */
  readonly id?: string;
  readonly definition: EventHead;
  readonly aggregateId: string;
  readonly aggregateVersion: number;
  readonly occurredAt: Date;
  readonly keys: readonly string[];
  readonly payload: Payload;
}

/** What of a definition goes into every envelope. */
export interface EventHead<Type extends string = string> {
  readonly type: Type;
  readonly schemaVersion: number;
  /** The stream of the log that it goes to */
  readonly topic: string;
  readonly aggregateType: string;
}

export interface EventPlace<Payload> extends Pick<EventHead, 'topic' | 'aggregateType'> {
  /**
   * What the event can be looked up by: of each kind of key, how it is found in the payload. `{ user: ({ userId }) => userId }`
   * gives keys such as `user:42`
   */
  readonly keys?: Readonly<Record<string, (payload: Payload) => string | readonly string[]>>;
}

/** A type of event with all its schema versions. Handlers only ever see the newest. */
export interface EventDefinition<Payload = unknown, Type extends string = string>
  extends EventHead<Type>,
    EventPlace<Payload> {
  readonly schema: ZodType<Payload>;
  /** Of every version, the first one in front; the last is `schema` */
  readonly schemas: readonly ZodType[];
  /** A new event of the newest version. Throws ZodError when the payload does not fit. */
  of(event: Omit<NewEvent<Payload>, 'definition' | 'keys'>): NewEvent<Payload>;
  /**
   * A stored payload in the newest version. Throws NewerSchemaError for a version this code does not know yet, ZodError
   * for a payload that does not fit its own version.
   */
  read(envelope: Pick<Envelope, 'type' | 'schemaVersion' | 'payload'>): Payload;
  /**
   * The same event with one schema version more; `lift` turns a payload of the version before into one of this. An
   * event that has keys must say how they are found in the new payload; throws when it does not.
   */
  next<Next>(
    schema: ZodType<Next>,
    lift: (payload: Payload) => Next,
    place?: Pick<EventPlace<Next>, 'keys'>,
  ): EventDefinition<Next, Type>;
}

/** The event that a definition describes, as a handler gets it: a union of definitions gives a union told apart by `type`. */
export type EventOf<Definition> =
  Definition extends EventDefinition<infer Payload, infer Type>
    ? LogEvent<Payload> & { readonly type: Type }
    : never;

/** The event was written by newer code: it has to wait for it. */
export class NewerSchemaError extends Error {
  override readonly name = 'NewerSchemaError';
}

/** Declares an event: a past-tense fact, `<domain>.<past_tense_fact>`, with its first schema. */
export function defineEvent<const Type extends string, Schema extends ZodType>(
  type: Type,
  schema: Schema,
  place: EventPlace<z.output<Schema>>,
): EventDefinition<z.output<Schema>, Type> {
  if (!/^[a-z_]+\.[a-z_]+$/.test(type)) {
    throw new Error(`event type "${type}" must be <domain>.<past_tense_fact> in lower case`);
  }
  return version(type, schema as ZodType<z.output<Schema>>, place, [], (_payload, from) => {
    throw new Error(`${type} has no version ${from}`);
  });
}

/** The keys of an event with this payload: `kind:key` each. */
export const keysOf = <Payload>(
  { keys = {} }: Pick<EventPlace<Payload>, 'keys'>,
  payload: Payload,
): readonly string[] =>
  Object.entries(keys).flatMap(([kind, find]) => [find(payload)].flat().map((key) => `${kind}:${key}`));

function version<Payload, Type extends string>(
  type: Type,
  schema: ZodType<Payload>,
  place: EventPlace<Payload>,
  older: readonly ZodType[],
  liftFromOlder: (payload: unknown, schemaVersion: number) => unknown,
): EventDefinition<Payload, Type> {
  const schemas = [...older, schema];
  const schemaVersion = schemas.length;
  const definition: EventDefinition<Payload, Type> = {
    ...place,
    type,
    schemaVersion,
    schema,
    schemas,
    of(event) {
      const payload = schema.parse(event.payload);
      return { definition, ...event, payload, keys: keysOf(place, payload) };
    },
    read(envelope) {
      if (envelope.schemaVersion > schemaVersion) {
        throw new NewerSchemaError(
          `${type} version ${envelope.schemaVersion} is newer than this code, which knows ${schemaVersion}`,
        );
      }
      const lifted =
        envelope.schemaVersion === schemaVersion
          ? envelope.payload
          : liftFromOlder(envelope.payload, envelope.schemaVersion);
      return schema.parse(lifted);
    },
    next(nextSchema, lift, nextPlace) {
      // the old function would look into the new payload, and none would make new events impossible to find
      if (place.keys && !nextPlace?.keys)
        throw new Error(`${type} version ${schemaVersion + 1} must name its keys`);
      const { topic, aggregateType } = place;
      const keys = nextPlace?.keys;
      return version(
        type,
        nextSchema,
        { topic, aggregateType, ...(keys && { keys }) },
        schemas,
        (payload, from) =>
          lift(schema.parse(from === schemaVersion ? payload : liftFromOlder(payload, from))),
      );
    },
  };
  return definition;
}
