/** The frozen events: of each (type, version) one envelope as it was stored, and one lock file that only grows. */
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { AnyEventDefinition } from '../../src/events/catalogue.ts';
import { type Envelope, requestCause } from '../../src/events/envelope.ts';
import { type PayloadTypes, payloadTypes } from './payload-types.ts';

/** What is kept of a fixture besides itself, from when it was written. */
export interface Locked {
  /** Of its JSON, whatever its layout */
  readonly sha256: string;
  readonly payload: PayloadTypes;
}

/** By name, such as `video.heartbeat.v1`. */
export interface FrozenEvents {
  readonly fixtures: Readonly<Record<string, Envelope>>;
  readonly lock: Readonly<Record<string, Locked>>;
}

export const nameOf = (event: Pick<Envelope, 'type' | 'schemaVersion'>) =>
  `${event.type}.v${event.schemaVersion}`;

export const hashOf = (envelope: Envelope) =>
  createHash('sha256').update(JSON.stringify(envelope)).digest('hex');

const lockOf = (folder: string) => join(folder, 'fixtures.lock.json');
const fixtureOf = (folder: string, name: string) => join(folder, 'fixtures', `${name}.json`);

export function readFrozen(folder: string): FrozenEvents {
  const names = globSync('*.json', { cwd: join(folder, 'fixtures') }).map((file) => file.slice(0, -5));
  return {
    fixtures: Object.fromEntries(names.sort().map((name) => [name, readJson(fixtureOf(folder, name))])),
    lock: existsSync(lockOf(folder)) ? readJson(lockOf(folder)) : {},
  };
}

/**
 * Writes the fixture of the definition's newest version, and adds it to the lock; gives its name. Throws when that
 * version is frozen already, and for a payload that is not exactly one of it.
 */
export function freeze(folder: string, definition: AnyEventDefinition, payload: unknown): string {
  const name = nameOf(definition);
  const { fixtures, lock } = readFrozen(folder);
  if (fixtures[name] || lock[name])
    throw new Error(`${name} is frozen: declare a change with .next(schema, lift)`);
  const envelope = exampleOf(definition, payload);
  const entry: Locked = { sha256: hashOf(envelope), payload: payloadTypes(definition.schema) };
  mkdirSync(join(folder, 'fixtures'), { recursive: true });
  writeFileSync(fixtureOf(folder, name), layOut(envelope));
  writeFileSync(lockOf(folder), layOut({ ...lock, [name]: entry }));
  return name;
}

function exampleOf(definition: AnyEventDefinition, payload: unknown): Envelope {
  const { type, schemaVersion, topic, aggregateType } = definition;
  const occurredAt = new Date('2026-03-01T12:00:00.000Z');
  const event = definition.of({ aggregateId: 'example', aggregateVersion: 1, occurredAt, payload });
  if (!isDeepStrictEqual(event.payload, payload))
    throw new Error(`${nameOf(definition)} keeps of this payload only ${JSON.stringify(event.payload)}`);
  return {
    id: '01900000-0000-7000-8000-000000000000',
    ...{ type, schemaVersion, topic, aggregateType },
    aggregateId: event.aggregateId,
    aggregateVersion: event.aggregateVersion,
    occurredAt: occurredAt.toISOString(),
    ...requestCause('request', 'ann'),
    keys: event.keys,
    payload,
  };
}

const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

/** As the formatter would: lists of plain values in one line. */
const layOut = (value: unknown) =>
  `${JSON.stringify(value, null, 2).replace(/\[\s+([^[\]{}]*?)\s+\]/g, (_, list: string) => `[${list.replace(/\s*\n\s*/g, ' ')}]`)}\n`;
