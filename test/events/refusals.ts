/** What today's definitions do to events that are stored: events outlive every release, so none may be left unreadable. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { AnyEventDefinition } from '../../src/events/catalogue.ts';
import { keysOf } from '../../src/events/define-event.ts';
import type { Envelope } from '../../src/events/envelope.ts';
import { type FrozenEvents, hashOf, nameOf } from './frozen.ts';
import { type PayloadTypes, payloadTypes } from './payload-types.ts';

/** One line for each thing that is wrong, with what to do; none when every stored event is still read. */
export function refusals(
  definitions: readonly AnyEventDefinition[],
  { fixtures, lock }: FrozenEvents,
): readonly string[] {
  const gone = Object.keys(lock).filter((name) => !fixtures[name]);
  return [
    ...gone.map((name) => `${name}: its fixture is gone. Put it back: events like it are stored`),
    ...Object.entries(fixtures).flatMap(([name, envelope]) => {
      const locked = lock[name];
      if (!locked)
        return [`${name}: is not in the lock. Delete it, and write it with ${freezing(envelope.type)}`];
      if (locked.sha256 !== hashOf(envelope))
        return [`${name}: its fixture was changed. Put it back: events like it are stored`];
      const definition = definitions.find(({ type }) => type === envelope.type);
      return refusalsOf(definition, envelope, locked.payload).map((refusal) => `${name}: ${refusal}`);
    }),
    ...definitions.flatMap((definition) => unfrozen(definition, fixtures)),
  ];
}

function refusalsOf(
  definition: AnyEventDefinition | undefined,
  envelope: Envelope,
  frozen: PayloadTypes,
): readonly string[] {
  if (!definition) {
    return [
      `the type is no longer defined. Put its definition back; to rename it, define the new name beside the old one`,
    ];
  }
  const schema = definition.schemas[envelope.schemaVersion - 1];
  if (!schema) return [`the version is no longer known. Put its .next(schema, lift) back`];
  const moved = (['topic', 'aggregateType'] as const).filter(
    (place) => definition[place] !== envelope[place],
  );
  if (moved.length > 0) {
    return moved.map(
      (place) =>
        `its ${place} was "${envelope[place]}" and is "${definition[place]}". Put it back, or define a new type`,
    );
  }
  const changed = changes(frozen, payloadTypes(schema));
  if (changed.length > 0) return changed.map((change) => `${change}. ${leaveIt}`);
  return unread(definition, schema, envelope);
}

const leaveIt = 'Leave the schema of this version as it was, and declare the change with .next(schema, lift)';

function changes(frozen: PayloadTypes, now: PayloadTypes): readonly string[] {
  return [...new Set([...Object.keys(frozen), ...Object.keys(now)])].flatMap((field) => {
    if (now[field] === frozen[field]) return [];
    if (now[field] === undefined) return [`the payload field ${field} has vanished`];
    if (frozen[field] === undefined) return [`the payload field ${field} is new`];
    return [`the payload field ${field} was ${frozen[field]} and is ${now[field]}`];
  });
}

/** What the types do not show: refinements, transformations, lifts and keys. */
function unread(definition: AnyEventDefinition, schema: z.ZodType, envelope: Envelope): readonly string[] {
  const own = schema.safeParse(envelope.payload);
  if (!own.success) return [`its schema refuses the payload: ${z.prettifyError(own.error)}. ${leaveIt}`];
  if (!isDeepStrictEqual(own.data, envelope.payload))
    return [`its schema makes ${JSON.stringify(own.data)} of the payload. ${leaveIt}`];
  try {
    const keys = keysOf(definition, definition.read(envelope));
    return envelope.keys
      .filter((key) => !keys.includes(key))
      .map((key) => `the key ${key} is not found in it any more. Name it beside the new ones`);
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    return [`it cannot be read as version ${definition.schemaVersion}. Mend the lifts from it on: ${reason}`];
  }
}

function unfrozen(definition: AnyEventDefinition, fixtures: FrozenEvents['fixtures']): readonly string[] {
  const { type, schemaVersion: newest } = definition;
  return definition.schemas.flatMap((_schema, index) => {
    const name = nameOf({ type, schemaVersion: index + 1 });
    if (fixtures[name]) return [];
    if (index + 1 === newest) return [`${name}: has no fixture. Write it with ${freezing(type)}`];
    return [`${name}: has no fixture. Take the versions after it out, write it, and put them back`];
  });
}

const freezing = (type: string) => `npx node test/events/freeze.ts ${type} 'PAYLOAD AS JSON'`;
