import { readdirSync, readFileSync } from 'node:fs';
import type { CodegenConfig } from '@graphql-codegen/cli';
import { Kind, parse } from 'graphql';

const logEvent = '../events/envelope.ts#LogEvent';

/** The resolvers' types from the contract. A mapper says what a resolver gives for a type: a row, or an event of the log. */
const config: CodegenConfig = {
  schema: 'src/schema/*.graphql',
  generates: {
    'src/schema/generated.ts': {
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        contextType: '../resolvers/context.ts#Context',
        useTypeImports: true,
        importExtension: '.ts',
        enumsAsTypes: true,
        immutableTypes: true,
        addInterfaceFieldResolverTypes: true,
        optionalResolveType: true,
        defaultScalarType: 'unknown',
        scalars: { ID: 'string', DateTime: 'Date', Cursor: 'string', JSON: 'unknown', Money: 'string' },
        mappers: {
          Event: logEvent,
          ...Object.fromEntries(eventTypes('src/schema').map((name) => [name, logEvent])),
          Video: '../generated/prisma/client.ts#Video as VideoRow',
        },
      },
    },
  },
};

export default config;

/** The names of the types that implement Event, so that a new domain needs no line here for its own. */
function eventTypes(folder: string): string[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.graphql'));
  const definitions = files.flatMap((name) => parse(readFileSync(`${folder}/${name}`, 'utf8')).definitions);
  return definitions.flatMap((definition) =>
    definition.kind === Kind.OBJECT_TYPE_DEFINITION &&
    definition.interfaces?.some((implemented) => implemented.name.value === 'Event')
      ? [definition.name.value]
      : [],
  );
}
