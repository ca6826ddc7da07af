/** While PostgreSQL is away, every field says so: nothing is wrong with the request, nor with our code. */
import {
  buildClientSchema,
  type GraphQLObjectType,
  getIntrospectionQuery,
  getNamedType,
  isLeafType,
} from 'graphql';
import { expect, test } from 'vitest';
import { startTcpProxy, type TcpProxy } from '../../dev/tcp-proxy.ts';
import { request } from '../support/graphql-client.ts';
import { addVideos } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';

/** Of arguments that must be given, by name and else by type */
const values: Readonly<Record<string, string>> = {
  month: '"2026-01"',
  consumer: '"badges"',
  ID: '"6a0e63f0-5d2b-7c3f-8a51-2f1f0c8b9d10"',
  toAccountId: '"6a0e63f0-5d2b-7c3f-8a51-2f1f0c8b9d11"',
  Quality: 'SD',
  String: '"any"',
  Money: '"1"',
};
/** Those that need one of several */
const either: Readonly<Record<string, string>> = {
  redrive: '(consumer: "badges")',
  discard: '(consumer: "badges")',
};

/** A document for each field of the type, so that one that is added is held to the same. */
function documentsFor(type: GraphQLObjectType, operation: 'query' | 'mutation'): [string, string][] {
  return Object.values(type.getFields()).map((field) => {
    const required = field.args.filter(
      ({ type, defaultValue }) => String(type).endsWith('!') && defaultValue === undefined,
    );
    const given = required.map(
      ({ name, type }) => `${name}: ${values[name] ?? values[String(getNamedType(type))]}`,
    );
    const args = either[field.name] ?? (given.length > 0 ? `(${given.join(', ')})` : '');
    const selection = isLeafType(getNamedType(field.type)) ? '' : ' { __typename }';
    return [field.name, `${operation} { ${field.name}${args}${selection} }`];
  });
}

async function withApi(run: (world: World, proxy: TcpProxy) => Promise<void>): Promise<void> {
  await using world = await createWorld();
  await addVideos(world.database, 1);
  await using proxy = await startTcpProxy({ to: world.env.DATABASE_URL! });
  const env = { DATABASE_URL: proxy.through(world.env.DATABASE_URL!), REQUEST_TIMEOUT_MS: '3000' };
  await world.spawn('api', { env }).waitForLog('api.started');
  await run(world, proxy);
}

test.concurrent.each(['refuse', 'silence'] as const)(
  'every query and mutation is UNAVAILABLE, to be tried again: %s',
  async (how) => {
    await withApi(async (world, proxy) => {
      const answer = await request(world.apiUrl, getIntrospectionQuery());
      const schema = buildClientSchema(answer.data as never);
      const documents = [
        ...documentsFor(schema.getQueryType()!, 'query'),
        ...documentsFor(schema.getMutationType()!, 'mutation'),
      ];
      expect(documents.length).toBeGreaterThan(25);
      const ask = () =>
        Promise.all(
          documents.map(async ([name, document]) => {
            const { errors } = await request(world.apiUrl, document);
            return [name, errors?.[0]?.extensions ?? 'answered'] as const;
          }),
        );
      const before = await ask();
      const wrong = ['INTERNAL', 'UNAVAILABLE'];
      expect(before.filter(([, answer]) => wrong.includes((answer as { code: string }).code))).toEqual([]);

      proxy[how]();
      if (how === 'refuse') proxy.cut();
      const during = await ask();
      const unexpected = during.filter(
        ([, answer]) =>
          answer !== 'answered' &&
          !(
            (answer as { code: string }).code === 'UNAVAILABLE' &&
            (answer as { retryable: boolean }).retryable
          ),
      );
      expect(unexpected).toEqual([]);
      expect(during.filter(([, answer]) => answer !== 'answered').length).toBeGreaterThan(25);
    });
  },
);
