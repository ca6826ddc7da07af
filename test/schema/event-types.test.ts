import { isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { resolverModules } from '../../src/app/modules.ts';
import { accountEvents, transferEvents } from '../../src/domains/banking/events.ts';
import { streamingEvents } from '../../src/domains/streaming/events.ts';
import { createSchema } from '../../src/schema/load-schema.ts';

const schema = createSchema(resolverModules);
const named = new Map(resolverModules.flatMap(({ eventTypes }) => Object.entries(eventTypes ?? {})));
const withoutOne = ['video.heartbeat']; // as the contract has it: it says nothing beyond that somebody is there

test.each(
  [...streamingEvents, ...accountEvents, ...transferEvents]
    .map(({ type }) => type)
    .filter((type) => !withoutOne.includes(type)),
)('%s has a GraphQL type of its own, with fields of its payload', (type) => {
  const own = schema.getType(named.get(type) ?? 'none');
  if (!isObjectType(own)) throw new Error(`${type} has none`);
  expect(own.getInterfaces().map(({ name }) => name)).toEqual(['Event']);
  const common = new Set(
    Object.keys(schema.getType('GenericEvent')!.astNode ? fieldsOf('GenericEvent') : {}),
  );
  expect(Object.keys(own.getFields()).filter((name) => !common.has(name)).length).toBeGreaterThan(0);
});

function fieldsOf(name: string) {
  const type = schema.getType(name);
  return isObjectType(type) ? type.getFields() : {};
}
